package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Good calls of every command in circumstances that are not good. Bad calls, and stores that are
 * none: {@link CommandLineTest}.
 *
 * <p>Goal: what a command does is the same whoever uses the store and whoever reads its output.
 * Method: each command of the parser's model with a good call, on a store of its own. {@code
 * dashboard} goes on; {@code RunnableJarTest} runs it.
 */
class EveryCommandTest {
  @TempDir private Path folder;
  private Path copy;
  private Path export;

  static Stream<String> reading() {
    return Stream.of(
        "info",
        "check",
        "queues",
        "stats",
        "stats --watch --every 1ms --times 3",
        "backup NEW",
        "migrate --dry-run",
        "migrate --sql",
        "sessions ls",
        "sessions show branched",
        "sessions tail branched",
        "sessions export --all",
        "leases ls",
        "leases show door",
        "work ls",
        "work show ID");
  }

  static Stream<String> writing() {
    return Stream.of(
        "migrate",
        "sessions import EXPORT",
        "sessions rm branched --yes",
        "leases release door --yes",
        "work retry ID",
        "work cancel READY",
        "work purge ID");
  }

  static Stream<String> all() {
    return Stream.concat(Stream.concat(reading(), writing()), Stream.of("restore COPY --yes"));
  }

  @BeforeEach
  void makeFiles() throws IOException {
    Engine.Place other = Engine.FILE.place(folder);
    try (Belay belay = other.open()) {
      SampleStore.branched(belay, "another");
      copy = folder.resolve("copy.db");
      belay.backup(copy);
    }
    export = Files.writeString(folder.resolve("export.jsonl"), exported(other));
  }

  private static String exported(Engine.Place place) {
    return place.cli().run("sessions", "export", "--all").out();
  }

  private String[] line(String command, Engine.Place place) {
    String line =
        command
            .replace("NEW", folder.resolve("new.db").toString())
            .replace("COPY", copy.toString())
            .replace("EXPORT", export.toString());
    for (Map.Entry<String, String> id : Map.of("ID", "buried", "READY", "ready").entrySet()) {
      if (line.contains(" " + id.getKey())) {
        line =
            line.replace(
                id.getKey(), ReadingCommandsTest.idOf(place.cli(), "--state", id.getValue()));
      }
    }
    return line.split(" ");
  }

  @Test
  void no_command_is_left_out() {
    List<String> called =
        Stream.concat(all(), Stream.of("dashboard", "completion"))
            .map(line -> line.replaceFirst(" (-|[A-Z]|branched|door).*", ""))
            .distinct()
            .toList();
    List<String> leaves =
        CommandLineTest.commands()
            .map(command -> String.join(" ", command))
            .filter(name -> !List.of("sessions", "leases", "work").contains(name))
            .toList();
    assertThat(called).containsExactlyInAnyOrderElementsOf(leaves);
  }

  @ParameterizedTest
  @MethodSource("reading")
  void a_store_with_an_open_write_is_read(String command) {
    Engine.Place place = Engine.FILE.sample(folder);
    String[] line = line(command, place);
    try (Belay belay = place.open()) {
      belay.useWrite(
          tx -> {
            boolean unused = belay.sessions().delete(tx, "branched");
            Cli.Result result = place.cli().run(line);
            assertThat(result.exit()).as(result.err()).isZero();
            assertThat(result.err()).isEmpty();
          });
    }
  }

  @ParameterizedTest
  @MethodSource("writing")
  void a_store_that_another_has_open_is_written(String command) {
    Engine.Place place = Engine.FILE.sample(folder);
    try (Belay idle = place.open()) {
      Cli.Result result = place.cli().run(line(command, place));
      assertThat(result.exit()).as(result.err()).isZero();
      assertThat(idle.check()).isEmpty();
    }
  }

  @Test
  void a_write_that_does_not_end_is_waited_for_and_then_named() throws Exception {
    Map<String, CompletableFuture<Cli.Result>> running = new LinkedHashMap<>();
    Map<String, Engine.Place> places = new TreeMap<>();
    Map<String, Belay> writers = new TreeMap<>();
    for (String command : writing().toList()) {
      Engine.Place place = Engine.FILE.sample(folder);
      places.put(command, place);
      String[] line = line(command, place);
      Belay writer = place.open();
      writers.put(command, writer);
      running.put(
          command,
          CompletableFuture.supplyAsync(
              () ->
                  writer.write(
                      tx -> {
                        int unused = tx.handle().execute("UPDATE belay_session SET id = id");
                        return place.cli().run(line);
                      }),
              task -> new Thread(task).start()));
    }
    for (Map.Entry<String, CompletableFuture<Cli.Result>> each : running.entrySet()) {
      Cli.Result result = each.getValue().get(5, TimeUnit.MINUTES);
      writers.get(each.getKey()).close();
      if (!each.getKey().equals("migrate")) { // there is nothing to do
        assertThat(result.exit()).as(each.getKey()).isEqualTo(Exit.FAILED);
        assertThat(result.err()).as(each.getKey()).startsWith("belay: ").hasLineCount(1);
      }
      assertThat(places.get(each.getKey()).cli().run("check").exit()).isZero();
    }
  }

  /** A reader can look at a newer store as long as it knows the tables. */
  @ParameterizedTest
  @MethodSource("reading")
  void a_newer_store_is_read(String command) {
    Engine.Place place = Engine.FILE.sample(folder);
    String[] line = line(command, place);
    CommandLineTest.makeNewer(place);
    Cli.Result result = place.cli().run(line);
    assertThat(result.err()).doesNotContain("\tat ");
    assertThat(result.exit()).as(result.err()).isEqualTo(line[0].equals("migrate") ? 1 : 0);
  }

  @ParameterizedTest
  @MethodSource("all")
  void output_that_nobody_reads_ends_it_without_a_word(String command) {
    Engine.Place place = Engine.FILE.sample(folder);
    Cli.Result result = unwritten(place, command, "Broken pipe");
    assertThat(result).isEqualTo(new Cli.Result(Exit.DONE, "", ""));
    assertThat(place.cli().run("check").exit()).isZero();
  }

  static Stream<String> telling() {
    return reading().filter(command -> !command.equals("migrate --sql")); // nothing is pending
  }

  @ParameterizedTest
  @MethodSource("telling")
  void output_that_is_lost_is_a_failure(String command) {
    Cli.Result result = unwritten(Engine.FILE.sample(folder), command, "No space left on device");
    assertThat(result.exit()).isEqualTo(Exit.FAILED);
    assertThat(result.err())
        .isEqualTo("belay: standard output cannot be written: No space left on device\n");
  }

  private Cli.Result unwritten(Engine.Place place, String command, String failure) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[0]),
            Terminal.data(new Failing(failure)),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            Map.of("BELAY_FILE", place.value()));
    int exit = Main.run(terminal, line(command, place));
    return new Cli.Result(exit, "", err.toString(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("all")
  void json_is_one_object_a_line_with_its_kind(String command) {
    Engine.Place place = Engine.FILE.sample(folder);
    Cli.Result result =
        place.cli().run(Stream.of(line(command + " --json", place)).toArray(String[]::new));
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(result.json()).allSatisfy(line -> assertThat(line).containsKey("kind"));
  }

  /** Fails each write. */
  private static final class Failing extends OutputStream {
    private final String message;

    Failing(String message) {
      this.message = message;
    }

    @Override
    public void write(int one) throws IOException {
      throw new IOException(message);
    }
  }
}

package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page {@code docs/command-line.md}.
 *
 * <p>Goal: what is copied from it works, and its names are those that are written. Method: its
 * commands run in their order; its table is compared with the rows.
 */
class CommandLineDocsTest {
  private static final Path PAGE = Path.of("../../docs/command-line.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| `(\\w+)` \\| (.*) \\|$", Pattern.MULTILINE);

  @TempDir private Path folder;

  @Test
  void every_command_works() throws IOException {
    Engine.Place place = Engine.FILE.sample(folder);
    String id = ReadingCommandsTest.idOf(place.cli(), "--state", "buried");
    Engine.Place other = Engine.FILE.store(folder);
    List<String> commands =
        Files.readString(PAGE)
            .lines()
            .filter(line -> line.startsWith("belay -f "))
            .filter(line -> !line.contains(" dashboard")) // it goes on; RunnableJarTest runs it
            .map(line -> line.substring("belay ".length()))
            .toList();
    assertThat(commands).hasSizeGreaterThan(25);
    boolean changed = false;
    for (String command : commands) {
      if (changed && command.contains("backup")) { // what is behind it wants all of it again
        place = Engine.FILE.sample(folder);
      }
      changed |= command.contains("rm");
      String line =
          command
              .replace("app.db", place.value())
              .replace("other.db", other.value())
              .replace(" ID", " " + id)
              .replaceAll("(copy\\.db|\\w+\\.jsonl)", folder + "/$1");
      Cli.Result result = Cli.of().run(line.split(" "));
      assertThat(result.exit()).as("%s: %s", line, result.err()).isZero();
    }
  }

  @Test
  void the_names_are_those_that_are_written() throws IOException {
    Map<String, TreeSet<String>> documented = new TreeMap<>();
    for (MatchResult row : ROW.matcher(Files.readString(PAGE)).results().toList()) {
      TreeSet<String> names = new TreeSet<>(List.of("kind"));
      Pattern.compile("\\b(?!in\\b|a\\b|list\\b|else\\b|an\\b|export\\b)\\w+")
          .matcher(row.group(2))
          .results()
          .forEach(name -> names.add(name.group()));
      documented.put(row.group(1), names);
    }
    documented.remove("kind"); // the heading of the table
    documented.remove("dashboard"); // RunnableJarTest reads it
    assertThat(written()).isEqualTo(documented);
  }

  private Map<String, TreeSet<String>> written() throws IOException {
    Engine.Place place = Engine.FILE.sample(folder);
    Cli cli = place.cli();
    List<Cli.Result> results = new ArrayList<>();
    for (String command :
        List.of(
            "stats",
            "leases ls",
            "sessions ls",
            "sessions export branched",
            "work ls",
            "work show " + ReadingCommandsTest.idOf(cli, "--state", "done"),
            "work purge --all --yes")) {
      results.add(cli.run((command + " --json").split(" ")));
    }
    Path empty = Files.createFile(folder.resolve("empty.db"));
    results.add(Cli.of("-f", empty.toString()).run("migrate", "--dry-run", "--json"));
    results.add(
        Engine.FILE
            .store(folder)
            .cli()
            .withInput(cli.run("sessions", "export", "--all").out())
            .run("sessions", "import", "--json"));
    place.execute("DELETE FROM belay_session_event WHERE seq = 3");
    results.add(cli.run("check", "--json"));
    Map<String, TreeSet<String>> written = new TreeMap<>();
    results.stream()
        .flatMap(result -> result.json().stream())
        .forEach(
            line ->
                written
                    .computeIfAbsent((String) line.get("kind"), kind -> new TreeSet<>())
                    .addAll(line.keySet()));
    return written;
  }
}

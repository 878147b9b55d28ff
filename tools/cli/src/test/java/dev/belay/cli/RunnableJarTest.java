package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The runnable jar, as users get it.
 *
 * <p>Goal: it runs by itself on each database, with exit codes a script can use, and in constant
 * memory. Method: a JVM of its own, its heap a fraction of the store.
 */
class RunnableJarTest {
  private static final String HEAP = "-Xmx40m";
  private static final int STORE_MIB = Integer.getInteger("belay.cli.storeMib", 50);
  private static final int EVENTS_A_MIB = 64;

  @TempDir private Path folder;

  /** What a process wrote, and its exit code. Immutable, safe for use by many threads. */
  private record Ended(int exit, String out, String err) {}

  private static Ended run(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    Process process = start(environment, args);
    process.getOutputStream().close();
    CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> all(process, false));
    String out = all(process, true);
    return new Ended(Child.exitOf(process), out, err.join());
  }

  private static Process start(Map<String, String> environment, String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("-XX:TieredStopAtLevel=1", HEAP, "-jar", System.getProperty("belay.cli.jar")));
    command.addAll(List.of(args));
    return Child.java(command, environment);
  }

  private static String all(Process process, boolean out) {
    try (var stream = out ? process.getInputStream() : process.getErrorStream()) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void it_runs_on_each_database_with_its_exit_codes() throws Exception {
    for (Engine engine : Engine.values()) {
      Engine.Place place = engine.sample(folder);
      String[] store = {place.option(), place.value()};
      Ended info = run(Map.of(), store[0], store[1], "info");
      assertThat(info.exit()).as(info.err()).isZero();
      assertThat(info.err()).isEmpty();
      assertThat(info.out()).contains("sessions: 2").doesNotContain("cliVersion: unpacked");
      assertThat(run(Map.of(), store[0], store[1], "leases", "show", "none").exit())
          .isEqualTo(Exit.REFUSED);
      place.execute("DELETE FROM belay_session_event WHERE seq = 3");
      assertThat(run(Map.of(), store[0], store[1], "check").exit()).isEqualTo(Exit.FOUND);
    }
    assertThat(run(Map.of(), "nonsense").exit()).isEqualTo(Exit.USAGE);
    Path text = Files.writeString(folder.resolve("text"), "no database ".repeat(1_000));
    Ended failed = run(Map.of("BELAY_FILE", text.toString()), "info");
    assertThat(failed.exit()).isEqualTo(Exit.FAILED);
    assertThat(failed.err()).startsWith("belay: ").doesNotContain("\tat ");
    assertThat(run(Map.of(), "--version").out()).startsWith("belay ").contains(".");
  }

  @Test
  void it_migrates_each_database() throws Exception {
    for (Engine engine : Engine.values()) {
      Engine.Place place = engine.place(folder);
      if (engine == Engine.FILE) {
        Files.createFile(place.file());
      }
      Ended migrated = run(Map.of(), place.option(), place.value(), "migrate");
      assertThat(migrated.exit()).as(migrated.err()).isZero();
      assertThat(migrated.err()).isEmpty();
      assertThat(place.cli().run("check").exit()).isZero();
    }
  }

  @Test
  void a_large_store_is_listed_counted_exported_and_copied_in_constant_memory() throws Exception {
    Engine.Place place = Engine.FILE.store(folder);
    fill(place);
    assertThat(Files.size(place.file())).isGreaterThan((long) STORE_MIB << 20);
    Path export = folder.resolve("all.jsonl");
    for (String command :
        List.of(
            "stats",
            "queues",
            "check --pages",
            "sessions ls",
            "work ls",
            "sessions export --all --to " + export,
            "backup " + folder.resolve("copy.db"))) {
      Ended ended = run(Map.of("BELAY_FILE", place.value()), command.split(" "));
      assertThat(ended.exit()).as(command + ": " + ended.err()).isZero();
    }
    Engine.Place other = Engine.FILE.store(folder);
    Ended imported =
        run(Map.of("BELAY_FILE", other.value()), "sessions", "import", export.toString());
    assertThat(imported.exit()).as(imported.err()).isZero();
    assertThat(Files.size(other.file())).isGreaterThan((long) STORE_MIB << 20);
  }

  private static void fill(Engine.Place place) {
    List<NewEvent> mib =
        Collections.nCopies(EVENTS_A_MIB, NewEvent.of("t", "x".repeat((1 << 20) / EVENTS_A_MIB)));
    try (Belay belay = place.open()) {
      for (int i = 0; i < STORE_MIB; i++) {
        Committed unused =
            belay.sessions().commit(SessionCommit.to("s" + i % 7).append(mib)).orThrow();
        var unused2 =
            belay
                .queue("q" + i % 3)
                .enqueueAll(Collections.nCopies(1_000, NewWork.of("p").withType("t")));
      }
    }
  }

  @Test
  void a_reader_that_stops_early_ends_it() throws Exception {
    Engine.Place place = Engine.FILE.store(folder);
    fill(place);
    Process process = start(Map.of("BELAY_FILE", place.value()), "work", "ls");
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(reader.readLine()).startsWith("ID");
    }
    assertThat(Child.exitOf(process)).isZero();
    assertThat(all(process, false)).isEmpty();
  }

  @Test
  void it_serves_the_dashboard() throws Exception {
    for (Engine engine : Engine.values()) {
      Engine.Place place = engine.sample(folder);
      for (String option : List.of("--port=0", "--read-only")) {
        Process process =
            start(Map.of(), place.option(), place.value(), "dashboard", option, "--json");
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
          String url =
              String.valueOf(new Cli.Result(0, reader.readLine(), "").json().get(0).get("url"));
          CookieManager cookies = new CookieManager();
          HttpResponse<String> page =
              HttpClient.newBuilder()
                  .cookieHandler(cookies)
                  .followRedirects(HttpClient.Redirect.ALWAYS)
                  .build()
                  .send(
                      HttpRequest.newBuilder(URI.create(url)).build(),
                      HttpResponse.BodyHandlers.ofString());
          assertThat(page.statusCode()).isEqualTo(200);
          assertThat(page.body()).contains("<html");
        } finally {
          process.destroy();
        }
        int unused = Child.exitOf(process);
      }
    }
  }

  @Test
  void it_holds_no_migration_where_other_hosts_look_and_no_descriptor() throws IOException {
    try (JarFile jar = new JarFile(System.getProperty("belay.cli.jar"))) {
      assertThat(jar.stream().map(JarEntry::getName))
          .noneMatch(name -> name.startsWith("db/migration/"))
          .noneMatch(name -> name.endsWith("module-info.class"))
          .contains("dev/belay/db/migration/V1__sessions.sql", "META-INF/LICENSE");
      assertThat(jar.getManifest().getMainAttributes().getValue("Multi-Release")).isEqualTo("true");
    }
  }
}

package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Export and import.
 *
 * <p>Goal: what is exported and imported is the same session, byte for byte, but for revisions and
 * times, from each database to each; a damaged file imports nothing. Method: sessions with
 * branches, of random shapes, cleared before, large; the events and the second export compared.
 */
class SessionExportTest {
  private static final Random RANDOM = new Random(20261127);

  @TempDir private Path folder;

  private static String withoutTimes(String export) {
    return export
        .replaceAll("\"(createdAt|updatedAt|at)\":\"[^\"]*\"", "\"$1\":\"\"")
        .replaceAll("\"revision\":\\d+", "\"revision\":0");
  }

  private static List<SessionEvent> events(Belay belay, String id) {
    List<SessionEvent> all = new ArrayList<>();
    List<SessionEvent> page = belay.sessions().events(id, 0, 100);
    while (!page.isEmpty()) {
      all.addAll(page);
      page = belay.sessions().events(id, page.get(page.size() - 1).seq(), 100);
    }
    return all;
  }

  private static void areTheSame(Engine.Place one, Engine.Place other, String id) {
    try (Belay from = one.open();
        Belay to = other.open()) {
      Session expected = from.sessions().find(id).orElseThrow();
      Session copy = to.sessions().find(id).orElseThrow();
      assertThat(copy.state()).isEqualTo(expected.state());
      assertThat(copy.leafSeq()).isEqualTo(expected.leafSeq());
      assertThat(events(to, id))
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("at")
          .isEqualTo(events(from, id));
    }
  }

  /** Exports all of a store into another one, and compares both. */
  private static void roundTrip(Engine.Place from, Engine.Place to) {
    Cli.Result export = from.cli().run("sessions", "export", "--all");
    assertThat(export.exit()).as(export.err()).isZero();
    Cli.Result imported = to.cli().withInput(export.out()).run("sessions", "import", "--json");
    assertThat(imported.exit()).as(imported.err()).isZero();
    List<Object> ids = imported.json().stream().map(line -> line.get("id")).toList();
    assertThat(ids).isNotEmpty();
    ids.forEach(id -> areTheSame(from, to, (String) id));
    assertThat(withoutTimes(to.cli().run("sessions", "export", "--all").out()))
        .isEqualTo(withoutTimes(export.out()));
    assertThat(to.cli().run("check")).isEqualTo(new Cli.Result(0, "nothing found\n", ""));
  }

  @ParameterizedTest
  @EnumSource
  void the_copy_of_a_session_is_the_session(Engine engine) {
    roundTrip(engine.sample(folder), Engine.FILE.store(folder));
    roundTrip(engine.sample(folder), Engine.SERVER.store(folder));
  }

  @Test
  void sessions_of_any_shape_are_copied() {
    Engine.Place place = Engine.FILE.store(folder);
    try (Belay belay = place.open()) {
      for (int i = 0; i < 30; i++) {
        randomSession(belay, "s" + i);
      }
    }
    roundTrip(place, Engine.FILE.store(folder));
  }

  private static void randomSession(Belay belay, String id) {
    int commits = RANDOM.nextInt(12) + 1;
    long last = 0;
    long cleared = 0;
    for (int i = 0; i < commits; i++) {
      SessionCommit commit = SessionCommit.to(id);
      if (last > cleared && RANDOM.nextBoolean()) {
        long parent = cleared + RANDOM.nextLong(last - cleared + 1);
        commit = commit.parent(parent == cleared ? 0 : parent);
      }
      int events = RANDOM.nextInt(5);
      for (int j = 0; j < events; j++) {
        NewEvent event = NewEvent.of("t" + RANDOM.nextInt(3), "payload " + RANDOM.nextInt());
        commit = commit.append(RANDOM.nextBoolean() ? event : event.withId("e" + last + "." + j));
      }
      last = belay.sessions().commit(commit).orThrow().lastSeq();
      if (RANDOM.nextInt(8) == 0 && i < commits - 1) {
        assertThat(belay.sessions().clear(id)).isTrue();
        cleared = last;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_large_session_is_copied(Engine engine) {
    Engine.Place place = engine.store(folder);
    try (Belay belay = place.open()) {
      List<NewEvent> events = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        events.add(NewEvent.of("t", "é\u0001\u2028 " + i));
      }
      events.add(NewEvent.of("large", "x\"".repeat(1 << 20)));
      Committed unused =
          belay.sessions().commit(SessionCommit.to("large", 0).append(events)).orThrow();
    }
    roundTrip(place, engine.store(folder));
  }

  @Test
  void transcripts_are_copied_byte_for_byte() throws IOException {
    Path transcripts =
        Path.of(System.getProperty("belay.transcripts", "../../src/test/resources/transcripts"));
    Engine.Place place = Engine.FILE.store(folder);
    Engine.Place copy = Engine.FILE.store(folder);
    List<Path> files;
    try (Stream<Path> all = Files.list(transcripts)) {
      files = all.filter(file -> file.toString().endsWith(".jsonl")).toList();
    }
    assertThat(files).isNotEmpty();
    try (Belay belay = place.open()) {
      for (Path file : files) {
        SessionCommit commit = SessionCommit.to(file.getFileName().toString(), 0);
        for (String line : Files.readString(file).split("\n", -1)) {
          commit = commit.append(NewEvent.of("line", line));
        }
        Committed unused = belay.sessions().commit(commit).orThrow();
      }
    }
    roundTrip(place, copy);
    try (Belay belay = copy.open()) {
      for (Path file : files) {
        String id = file.getFileName().toString();
        assertThat(
                String.join("\n", events(belay, id).stream().map(SessionEvent::payload).toList())
                    .getBytes(StandardCharsets.UTF_8))
            .isEqualTo(Files.readAllBytes(file));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_id_that_exists_or_did_is_refused(Engine engine) {
    Engine.Place place = engine.sample(folder);
    String export = place.cli().run("sessions", "export", "branched").out();
    Cli.Result exists = place.cli().withInput(export).run("sessions", "import");
    assertThat(exists.exit()).isEqualTo(Exit.REFUSED);
    assertThat(exists.err()).contains("'branched' exists");
    assertThat(place.cli().run("sessions", "rm", "branched", "--yes").exit()).isZero();
    Cli.Result deleted = place.cli().withInput(export).run("sessions", "import");
    assertThat(deleted.exit()).isEqualTo(Exit.REFUSED);
    assertThat(deleted.err()).contains("was deleted");
  }

  @Test
  void a_file_is_written_and_read() throws IOException {
    Engine.Place place = Engine.FILE.sample(folder);
    Path file = folder.resolve("sessions.jsonl");
    assertThat(place.cli().run("sessions", "export", "--all", "--to", file.toString()).exit())
        .isZero();
    assertThat(file).hasContent(place.cli().run("sessions", "export", "--all").out());
    assertThat(place.cli().run("sessions", "export", "nasty", "--to", file.toString()).exit())
        .isEqualTo(Exit.REFUSED);
    Engine.Place copy = Engine.FILE.store(folder);
    assertThat(copy.cli().run("sessions", "import", file.toString()).out())
        .isEqualTo("ID        EVENTS\nbranched       4\nnasty          1\n");
    assertThat(copy.cli().run("sessions", "import", file + "x").exit()).isEqualTo(Exit.REFUSED);
    Path absent = folder.resolve("absent.jsonl");
    assertThat(place.cli().run("sessions", "export", "absent", "--to", absent.toString()).exit())
        .isEqualTo(Exit.REFUSED);
    assertThat(absent).doesNotExist();
  }

  static Stream<String> damages() {
    return Stream.of(
        "",
        "no JSON",
        "[]",
        "{\"kind\":\"other\"}",
        "s//\"format\":1/\"format\":2",
        "s//\"leaf\":2/\"leaf\":5",
        "s//\"leaf\":2/\"leaf\":-2",
        "s//\"seq\":2/\"seq\":3",
        "s//\"seq\":1/\"seq\":0",
        "s//\"parent\":1/\"parent\":2",
        "s//\"events\":4/\"events\":3",
        "s//\"type\":\"ask\"/\"type\":\"\"",
        "s//\"type\":\"ask\"/\"type\":7",
        "s//\"type\":\"ask\"/\"type\":\"\\u0000\"",
        "s//\"id\":\"first\"/\"id\":\"\"",
        "s//\"payload\":\"1\"/\"payload\":null",
        "s//\"payload\":\"1\"/\"payload\":{}",
        "s//\"payload\":\"1\"/\"payload\":\"1\",\"more\":1",
        "s//\"payload\":\"1\",/",
        "s//\"session\":\"branched\"/\"session\":\"other\"",
        "cut 2",
        "cut 40",
        "cut 400",
        "drop 0",
        "drop 2",
        "drop 5",
        "twice");
  }

  @ParameterizedTest
  @MethodSource("damages")
  void a_damaged_file_imports_nothing(String damage) {
    String good = Engine.FILE.sample(folder).cli().run("sessions", "export", "branched").out();
    String damaged = damaged(good, damage);
    assertThat(damaged).isNotEqualTo(good);
    Engine.Place place = Engine.FILE.store(folder);
    Cli.Result result = place.cli().withInput(damaged).run("sessions", "import");
    assertThat(result.exit()).as(result.out() + result.err()).isEqualTo(Exit.REFUSED);
    assertThat(result.err().lines()).singleElement().asString().startsWith("belay: ");
    assertThat(place.cli().run("sessions", "ls", "--json").out()).isEmpty();
  }

  private static String damaged(String good, String damage) {
    if (damage.startsWith("s//")) {
      String[] parts = damage.split("/", -1);
      return good.replaceFirst(
          java.util.regex.Pattern.quote(parts[2]),
          java.util.regex.Matcher.quoteReplacement(parts[3]));
    }
    if (damage.startsWith("cut ")) {
      return good.substring(0, good.length() - Integer.parseInt(damage.substring(4)));
    }
    if (damage.startsWith("drop ")) {
      List<String> lines = new ArrayList<>(good.lines().toList());
      lines.remove(Integer.parseInt(damage.substring(5)));
      return String.join("\n", lines) + "\n";
    }
    return damage.equals("twice") ? good + good : damage;
  }

  @Test
  void an_event_id_twice_imports_nothing() {
    String good = Engine.FILE.sample(folder).cli().run("sessions", "export", "branched").out();
    String twice = good.replace("\"id\":null", "\"id\":\"first\"");
    Engine.Place place = Engine.FILE.store(folder);
    Cli.Result result = place.cli().withInput(twice).run("sessions", "import");
    assertThat(result.exit()).as(result.err()).isEqualTo(Exit.REFUSED);
    assertThat(place.cli().run("sessions", "ls", "--json").out()).isEmpty();
    assertThat(place.cli().withInput(good).run("sessions", "import").exit())
        .as("the id is not burnt")
        .isZero();
    assertThat(Arrays.asList(good.split("\n"))).hasSize(6);
  }
}

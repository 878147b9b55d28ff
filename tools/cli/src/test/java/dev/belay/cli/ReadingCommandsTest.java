package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.SessionCommit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The commands that look.
 *
 * <p>Goal: people see what is there, programs read the same with stable names, and nothing that a
 * store holds reaches a terminal as a command. Method: one sample store, both databases.
 */
class ReadingCommandsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void info_says_what_the_store_is(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    Cli.Result people = cli.run("info");
    assertThat(people.exit()).isZero();
    assertThat(people.out()).contains("schemaVersion: ", "sessions: 2\n", "leases: 1\n");
    assertThat(cli.run("info", "--json").json())
        .singleElement()
        .satisfies(
            store ->
                assertThat(store)
                    .containsEntry("kind", "store")
                    .containsEntry("sessions", 2L)
                    .containsEntry("sessionsAtLeast", false)
                    .containsKeys(
                        "engine",
                        "engineVersion",
                        "location",
                        "schemaVersion",
                        "bytes",
                        "walBytes",
                        "leases",
                        "at",
                        "cliVersion"));
  }

  @ParameterizedTest
  @EnumSource
  void check_finds_nothing_in_a_sound_store(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    assertThat(cli.run("check")).isEqualTo(new Cli.Result(0, "nothing found\n", ""));
    assertThat(cli.run("check", "--json")).isEqualTo(new Cli.Result(0, "", ""));
  }

  @ParameterizedTest
  @EnumSource
  void check_lists_what_it_finds_and_exits_with_4(Engine engine) {
    Engine.Place place = engine.sample(folder);
    place.execute("DELETE FROM belay_session_event WHERE seq = 3");
    Cli.Result found = place.cli().run("check", "--json");
    assertThat(found.exit()).isEqualTo(Exit.FOUND);
    assertThat(found.json())
        .isNotEmpty()
        .allSatisfy(
            finding -> assertThat(finding).containsOnlyKeys("kind", "rule", "subject", "message"));
    assertThat(place.cli().run("check").out()).startsWith("RULE").contains("branched");
  }

  @Test
  void check_reads_pages_of_a_file_only() {
    assertThat(Engine.FILE.sample(folder).cli().run("check", "--pages").exit()).isZero();
    Cli.Result refused = Engine.SERVER.sample(folder).cli().run("check", "--pages");
    assertThat(refused.exit()).isEqualTo(Exit.REFUSED);
    assertThat(refused.err()).contains("the pages of a server");
  }

  @ParameterizedTest
  @EnumSource
  void queues_are_counted_by_state(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    assertThat(cli.run("queues").out().lines().toList())
        .hasSize(3)
        .first()
        .asString()
        .startsWith("QUEUE  SCHEDULED  READY  WAITING  CLAIMED  DONE  BURIED  CANCELLED");
    assertThat(cli.run("queues", "--json").json())
        .satisfiesExactly(
            calls ->
                assertThat(calls)
                    .containsEntry("queue", "calls")
                    .containsEntry("claimed", 1L)
                    .containsEntry("done", 1L)
                    .containsEntry("atLeast", false)
                    .containsEntry("oldestReadyAt", null)
                    .hasEntrySatisfying("oldestClaimedAt", at -> assertThat(at).isNotNull()),
            mail ->
                assertThat(mail)
                    .containsEntry("queue", "mail")
                    .containsEntry("scheduled", 1L)
                    .containsEntry("ready", 3L)
                    .containsEntry("buried", 1L));
  }

  @ParameterizedTest
  @EnumSource
  void stats_are_the_store_and_its_queues_as_often_as_asked(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    assertThat(kinds(cli.run("stats", "--json"))).containsExactly("store", "queue", "queue");
    Cli.Result watched = cli.run("stats", "--json", "--watch", "--every", "1ms", "--times", "3");
    assertThat(kinds(watched)).hasSize(9).containsSequence("queue", "store");
    assertThat(cli.onTerminal("").run("stats", "--watch", "--every", "1ms", "--times", "2").out())
        .contains("\u001b[H\u001b[2J");
  }

  private static List<Object> kinds(Cli.Result result) {
    return result.json().stream().map(line -> line.get("kind")).toList();
  }

  @ParameterizedTest
  @EnumSource
  void leases_show_holder_token_and_expiry(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    Cli.Result list = cli.run("leases", "ls");
    assertThat(list.out()).startsWith("NAME").contains("door", "holder\\u0007");
    Map<String, Object> lease = cli.run("leases", "ls", "--json").json().get(0);
    assertThat(lease)
        .containsEntry("name", "door")
        .containsEntry("holder", "holder\u0007")
        .containsOnlyKeys("kind", "name", "holder", "token", "acquiredAt", "expiresAt");
    assertThat(cli.run("leases", "show", "door", "--json").json()).containsExactly(lease);
    assertThat(cli.run("leases", "show", "door").out()).contains("token: " + lease.get("token"));
    Cli.Result absent = cli.run("leases", "show", "window");
    assertThat(absent.exit()).isEqualTo(Exit.REFUSED);
    assertThat(absent.err()).isEqualTo("belay: no live lease is named 'window'\n");
  }

  @ParameterizedTest
  @EnumSource
  void sessions_are_listed_in_pages(Engine engine) {
    Engine.Place place = engine.store(folder);
    try (Belay belay = place.open()) {
      belay.useWrite(
          tx -> {
            for (int i = 0; i < 1_100; i++) {
              Committed unused =
                  belay.sessions().commit(tx, SessionCommit.to("s%04d".formatted(i), 0)).orThrow();
            }
          });
    }
    Cli cli = place.cli();
    assertThat(cli.run("sessions", "ls").out().lines()).hasSize(1_101);
    assertThat(cli.run("sessions", "ls", "--json").json())
        .hasSize(1_100)
        .allSatisfy(
            session ->
                assertThat(session)
                    .containsOnlyKeys(
                        "kind", "id", "revision", "leaf", "stateBytes", "createdAt", "updatedAt"));
    assertThat(cli.run("sessions", "ls", "--json", "--after", "s0500", "--limit", "550").json())
        .hasSize(550)
        .first()
        .satisfies(session -> assertThat(session).containsEntry("id", "s0501"));
  }

  @ParameterizedTest
  @EnumSource
  void a_session_is_shown_with_its_history(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    String people = cli.run("sessions", "show", "branched").out();
    assertThat(people).contains("state:\n    state\n    of it\n", "SEQ", "ask", "answer");
    List<Map<String, Object>> lines = cli.run("sessions", "show", "branched", "--json").json();
    assertThat(lines.get(0)).containsEntry("leaf", 2L).containsEntry("state", "state\nof it");
    assertThat(lines.subList(1, lines.size()))
        .extracting(event -> event.get("payload"))
        .containsExactly("1", "2");
    assertThat(cli.run("sessions", "show", "branched", "-n", "1", "--json").json()).hasSize(2);
    assertThat(cli.run("sessions", "show", "absent").exit()).isEqualTo(Exit.REFUSED);
  }

  @ParameterizedTest
  @EnumSource
  void a_session_is_tailed(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    assertThat(cli.run("sessions", "tail", "branched").out().lines())
        .hasSize(2)
        .allMatch(line -> line.matches("[12]  \\S+Z  (ask|answer)  [12]"));
    assertThat(cli.run("sessions", "tail", "branched", "-n", "1", "--json").json())
        .singleElement()
        .satisfies(event -> assertThat(event).containsEntry("seq", 2L));
    assertThat(cli.run("sessions", "tail", "absent").exit()).isEqualTo(Exit.REFUSED);
  }

  @ParameterizedTest
  @EnumSource
  void work_is_listed_by_any_filter(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    assertThat(cli.run("work", "ls").out().lines()).hasSize(8).first().asString().contains("LANE");
    assertThat(listed(cli)).hasSize(7);
    assertThat(listed(cli, "--queue", "mail")).hasSize(5);
    assertThat(listed(cli, "--queue", "none")).isEmpty();
    assertThat(listed(cli, "--state", "buried,done")).hasSize(2);
    assertThat(listed(cli, "--state", "READY", "--type", "card")).hasSize(1);
    assertThat(listed(cli, "--type", "letter")).hasSize(3);
    assertThat(listed(cli, "--older-than", "1h")).isEmpty();
    assertThat(listed(cli, "--older-than", "0s", "--state", "done")).hasSizeLessThan(2);
    assertThat(listed(cli, "--limit", "4")).hasSize(4);
    assertThat(listed(cli).get(0))
        .containsOnlyKeys(
            "kind",
            "id",
            "queue",
            "state",
            "type",
            "key",
            "lane",
            "priority",
            "attempt",
            "attemptsMax",
            "enqueuedAt",
            "notBefore",
            "cancelRequested",
            "worker",
            "token",
            "claimedAt",
            "expiresAt",
            "finishedAt",
            "payloadBytes",
            "resultBytes");
  }

  static List<Map<String, Object>> listed(Cli cli, String... filter) {
    String[] args = new String[filter.length + 3];
    args[0] = "work";
    args[1] = "ls";
    args[2] = "--json";
    System.arraycopy(filter, 0, args, 3, filter.length);
    Cli.Result result = cli.run(args);
    assertThat(result.exit()).as(result.err()).isZero();
    return result.json();
  }

  @ParameterizedTest
  @EnumSource
  void work_is_shown_with_its_payload_and_error(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    String buried = idOf(cli, "--state", "buried");
    String claimed = idOf(cli, "--state", "claimed");
    assertThat(cli.run("work", "show", buried).out())
        .contains("lastError:\n    first line\n    second\\u001b[2J line\n", "payload: letter 0\n");
    assertThat(cli.run("work", "show", claimed, "--queue", "calls", "--json").json().get(0))
        .containsEntry("payload", SampleStore.NASTY)
        .containsEntry("key", "k")
        .containsEntry("state", "claimed");
    assertThat(cli.run("work", "show", claimed, "--queue", "mail").exit()).isEqualTo(Exit.REFUSED);
    assertThat(cli.run("work", "show", "1").err()).isEqualTo("belay: no work 1\n");
  }

  static String idOf(Cli cli, String... filter) {
    return listed(cli, filter).get(0).get("id").toString();
  }

  @ParameterizedTest
  @EnumSource
  void nothing_that_moves_a_cursor_is_shown(Engine engine) {
    Cli cli = engine.sample(folder).cli().with("NO_COLOR", "1").onTerminal("");
    String claimed = idOf(engine == Engine.FILE ? cli : cli, "--state", "claimed");
    for (String[] command :
        new String[][] {
          {"sessions", "show", "nasty"},
          {"sessions", "tail", "nasty"},
          {"sessions", "ls"},
          {"leases", "ls"},
          {"work", "ls"},
          {"work", "show", claimed}
        }) {
      assertThat(cli.run(command).out()).doesNotContain("\u001b", "\u202e", "\u0007", "\u0085");
    }
    assertThat(cli.run("sessions", "show", "nasty").out()).contains("e\\u202e", "a\\u001b[31mb");
    assertThat(cli.run("sessions", "tail", "nasty", "--json").json().get(0))
        .containsEntry("payload", SampleStore.NASTY)
        .containsEntry("id", "e\u202e");
  }

  @Test
  void colour_is_for_terminals_that_want_it() {
    Cli cli = Engine.FILE.sample(folder).cli();
    assertThat(cli.run("leases", "ls").out()).doesNotContain("\u001b");
    assertThat(cli.onTerminal("").run("leases", "ls").out()).startsWith("\u001b[1mNAME");
    assertThat(cli.onTerminal("").with("NO_COLOR", "1").run("leases", "ls").out())
        .startsWith("NAME");
  }
}

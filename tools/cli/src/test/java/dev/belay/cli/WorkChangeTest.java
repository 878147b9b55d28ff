package dev.belay.cli;

import static dev.belay.cli.ReadingCommandsTest.idOf;
import static dev.belay.cli.ReadingCommandsTest.listed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The commands that change work and leases and delete sessions.
 *
 * <p>Goal: one or all that match, and nothing by mistake. Method: one sample store, both databases.
 */
class WorkChangeTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void one_is_retried(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    String id = idOf(cli, "--state", "buried");
    Cli.Result retried = cli.run("work", "retry", id, "--json");
    assertThat(retried.exit()).isZero();
    assertThat(retried.json().get(0))
        .containsEntry("kind", "change")
        .containsEntry("id", Long.valueOf(id))
        .containsEntry("queue", "mail")
        .containsEntry("outcome", "REQUEUED");
    assertThat(listed(cli, "--state", "ready")).hasSize(4);
    Cli.Result again = cli.run("work", "retry", id);
    assertThat(again.exit()).isEqualTo(Exit.REFUSED);
    assertThat(again.err()).contains("NOT_FINISHED");
  }

  @ParameterizedTest
  @EnumSource
  void one_is_cancelled_and_purged(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    String ready = idOf(cli, "--type", "card");
    assertThat(cli.run("work", "purge", ready).exit()).isEqualTo(Exit.REFUSED);
    assertThat(cli.run("work", "cancel", ready, "--queue", "mail").out()).contains("CANCELLED");
    assertThat(cli.run("work", "purge", ready).out()).contains("PURGED");
    assertThat(cli.run("work", "show", ready).exit()).isEqualTo(Exit.REFUSED);
    assertThat(cli.run("work", "cancel", idOf(cli, "--state", "claimed")).out())
        .contains("REQUESTED");
    assertThat(cli.run("work", "cancel", "5").exit()).isEqualTo(Exit.REFUSED);
  }

  @ParameterizedTest
  @EnumSource
  void all_that_match_are_changed(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    Cli.Result cancelled = cli.run("work", "cancel", "--type", "letter", "--yes", "--json");
    assertThat(cancelled.exit()).as(cancelled.err()).isZero();
    assertThat(cancelled.json()).hasSize(2);
    assertThat(listed(cli, "--type", "letter", "--state", "cancelled")).hasSize(2);
    assertThat(cli.run("work", "retry", "--queue", "mail", "--state", "cancelled", "--yes").exit())
        .isZero();
    assertThat(listed(cli, "--type", "letter", "--state", "ready")).hasSize(2);
    assertThat(cli.run("work", "purge", "--older-than", "1h", "--yes", "--json").json()).isEmpty();
    assertThat(cli.run("work", "purge", "--all", "--yes", "--json").json()).hasSize(2);
    assertThat(listed(cli)).hasSize(5);
  }

  @ParameterizedTest
  @EnumSource
  void thousands_are_changed(Engine engine) {
    Engine.Place place = engine.store(folder);
    try (Belay belay = place.open()) {
      for (int i = 0; i < 3; i++) {
        var unused =
            belay.queue("q").enqueueAll(Collections.nCopies(500, NewWork.of("p").withType("t")));
      }
    }
    Cli cli = place.cli();
    assertThat(cli.run("work", "cancel", "--queue", "q", "--yes", "--json").json()).hasSize(1_500);
    assertThat(listed(cli, "--state", "cancelled")).hasSize(1_500);
    assertThat(cli.run("work", "purge", "--queue", "q", "--yes", "--json").json()).hasSize(1_500);
    assertThat(listed(cli)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void what_the_database_refuses_is_named_and_hinders_no_other(Engine engine) {
    Engine.Place place = engine.sample(folder);
    Cli cli = place.cli();
    String kept = idOf(cli, "--state", "done");
    place.execute(
        "CREATE TABLE app (work BIGINT REFERENCES belay_work (id))",
        "INSERT INTO app VALUES (" + kept + ")");
    Cli.Result purged = cli.run("work", "purge", "--all", "--yes", "--json");
    assertThat(purged.exit()).isEqualTo(Exit.REFUSED);
    assertThat(purged.json())
        .extracting(line -> line.get("outcome"))
        .containsExactlyInAnyOrder("PURGED", "REFUSED_BY_DATABASE");
    assertThat(cli.run("work", "purge", kept).exit()).isEqualTo(Exit.FAILED);
  }

  @ParameterizedTest
  @EnumSource
  void nothing_is_changed_by_mistake(Engine engine) {
    Cli cli = engine.sample(folder).cli();
    assertThat(cli.run("work", "purge", "--yes").exit()).isEqualTo(Exit.USAGE);
    assertThat(cli.run("work", "purge", "--all").err()).contains("give --yes");
    assertThat(cli.run("work", "cancel", "1", "--all", "--yes").exit()).isEqualTo(Exit.USAGE);
    assertThat(cli.run("work", "cancel", "1", "--type", "t").exit()).isEqualTo(Exit.USAGE);
    assertThat(cli.run("work", "purge", "--state", "ready", "--yes").err()).contains("possible");
    Cli.Result no = cli.onTerminal("n\n").run("work", "purge", "--all");
    assertThat(no.exit()).isEqualTo(Exit.REFUSED);
    assertThat(no.err()).contains("purge all work that the filter takes? [y/N]");
    assertThat(cli.onTerminal("").run("work", "purge", "--all").exit()).isEqualTo(Exit.REFUSED);
    assertThat(listed(cli)).hasSize(7);
    assertThat(cli.onTerminal("Yes\n").run("work", "purge", "--all").exit()).isZero();
    assertThat(listed(cli)).hasSize(5);
  }

  @ParameterizedTest
  @EnumSource
  void a_lease_is_released_by_its_token(Engine engine) {
    Engine.Place place = engine.sample(folder);
    Cli cli = place.cli();
    String token = cli.run("leases", "show", "door", "--json").json().get(0).get("token") + "";
    assertThat(cli.run("leases", "release", "door").exit()).isEqualTo(Exit.USAGE);
    assertThat(cli.onTerminal("no\n").run("leases", "release", "door").exit())
        .isEqualTo(Exit.REFUSED);
    assertThat(cli.run("leases", "release", "door", "--yes", "--token", "7").exit())
        .isEqualTo(Exit.REFUSED);
    assertThat(cli.run("leases", "show", "door").exit()).isZero();
    assertThat(cli.run("leases", "release", "door", "--yes", "--token", token).exit()).isZero();
    assertThat(cli.run("leases", "release", "door", "--yes").exit()).isEqualTo(Exit.REFUSED);
    try (Belay belay = place.open()) {
      assertThat(belay.leases().find("door")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void sessions_are_deleted(Engine engine) {
    Engine.Place place = engine.sample(folder);
    Cli cli = place.cli();
    assertThat(cli.run("sessions", "rm", "branched").exit()).isEqualTo(Exit.USAGE);
    assertThat(cli.run("sessions", "rm", "branched", "absent", "--yes").exit())
        .isEqualTo(Exit.REFUSED);
    assertThat(cli.run("sessions", "ls", "--json").json()).hasSize(2);
    assertThat(cli.run("sessions", "rm", "branched", "nasty", "--yes").exit()).isZero();
    assertThat(cli.run("sessions", "ls", "--json").json()).isEmpty();
    assertThat(cli.run("check").exit()).isZero();
    try (Belay belay = place.open()) {
      assertThat(belay.sessions().free(1)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_claim_that_is_held_survives_every_look(Engine engine) {
    Engine.Place place = engine.store(folder);
    try (Belay belay = place.open()) {
      Enqueued unused = belay.queue("q").enqueue(NewWork.of("p"));
      Claim claim = belay.queue("q").claim("w", Duration.ofHours(1)).orElseThrow();
      for (String command : new String[] {"info", "check", "queues", "stats"}) {
        assertThat(place.cli().run(command).exit()).isZero();
      }
      assertThat(belay.queue("q").complete(claim)).isEqualTo(Settlement.SETTLED);
    }
  }
}

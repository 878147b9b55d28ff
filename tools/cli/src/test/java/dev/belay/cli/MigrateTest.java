package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The command that migrates, and all others, which do not.
 *
 * <p>Goal: a newer command line never upgrades a store by looking at it, or by writing to it.
 * Method: a store of an older Belay, its bytes before and after.
 */
class MigrateTest {
  @TempDir private Path folder;

  /** A file as the second of three migrations left it. */
  private Engine.Place older() {
    Engine.Place place = Engine.FILE.store(folder);
    place.execute(
        "DROP TABLE belay_work_payload",
        "DROP TABLE belay_work_result",
        "DROP TABLE belay_queue",
        "DROP TABLE belay_work",
        "DELETE FROM belay_counter WHERE name = 'work'",
        "DELETE FROM belay_schema_history WHERE version = '3'");
    return place;
  }

  @Test
  void only_migrate_migrates() throws IOException {
    Engine.Place place = older();
    byte[] before = Files.readAllBytes(place.file());
    for (String command :
        List.of(
            "info",
            "check",
            "queues",
            "stats",
            "sessions ls",
            "work ls",
            "work retry 1",
            "sessions rm id --yes",
            "leases release name --yes",
            "migrate --dry-run",
            "migrate --sql")) {
      Cli.Result result = place.cli().run(command.split(" "));
      assertThat(result.exit())
          .as(command)
          .isEqualTo(command.startsWith("migrate") ? Exit.DONE : Exit.FAILED);
      assertThat(Files.readAllBytes(place.file())).as(command).isEqualTo(before);
    }
    assertThat(place.cli().run("info").err()).contains("V3__queue.sql", "'belay migrate'");
    assertThat(place.cli().run("migrate").out()).isEqualTo("MIGRATION\nbelay: V3__queue.sql\n");
    assertThat(place.cli().run("info").exit()).isZero();
    assertThat(place.cli().run("migrate")).isEqualTo(new Cli.Result(0, "up to date\n", ""));
  }

  @Test
  void the_sql_is_that_of_what_is_pending() {
    Cli.Result sql = older().cli().run("migrate", "--sql");
    assertThat(sql.out())
        .startsWith("-- V3__queue.sql\n")
        .contains("CREATE TABLE belay_work (")
        .doesNotContain("CREATE TABLE belay_lease");
  }

  @ParameterizedTest
  @EnumSource
  void a_new_place_is_migrated_from_nothing(Engine engine) throws IOException {
    Engine.Place place = engine.place(folder);
    if (engine == Engine.FILE) {
      Files.createFile(place.file());
    }
    Cli cli = place.cli();
    assertThat(cli.run("migrate", "--dry-run", "--json").json())
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).containsOnlyKeys("kind", "migration"));
    assertThat(cli.run("migrate", "--sql").out()).contains("CREATE TABLE belay_session ");
    assertThat(cli.run("info").exit()).isEqualTo(Exit.FAILED);
    assertThat(cli.run("migrate").exit()).isZero();
    assertThat(cli.run("info").exit()).isZero();
    assertThat(cli.run("migrate", "--sql").out()).isEmpty();
  }
}

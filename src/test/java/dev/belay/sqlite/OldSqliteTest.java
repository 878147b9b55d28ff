package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.ClassPath;
import dev.belay.testing.Commands;
import dev.belay.testing.Parent;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: programs with an SQLite from 3.37 on can check, copy and restore a store. Method: the
 * {@code sqlite3} program of this machine, and an old driver in a JVM of its own; then Belay opens
 * what they made.
 */
class OldSqliteTest {
  private static final String COUNTS =
      """
      SELECT (SELECT count(*) FROM belay_session), (SELECT count(*) FROM belay_session_event),
             (SELECT count(*) FROM belay_session_state), (SELECT count(*) FROM belay_session_receipt),
             (SELECT count(*) FROM belay_work), (SELECT count(*) FROM belay_work_payload),
             (SELECT count(*) FROM belay_lease)
      """;

  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void fill() {
    file = dir.resolve("belay.db");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      for (int i = 0; i < 20; i++) {
        belay
            .sessions()
            .commit(
                SessionCommit.to("s" + i, 0)
                    .operation("first")
                    .append(NewEvent.of("t", "päyload " + i))
                    .enqueue("q", NewWork.of("work " + i))
                    .state("state"))
            .orThrow();
      }
      belay.leases().acquire("lease", "holder", Duration.ofHours(1));
    }
  }

  @Test
  void the_sqlite3_program_checks_dumps_and_copies_a_store() throws Exception {
    boolean there = Commands.succeeds(List.of(), "sqlite3", "--version");
    assumeTrue(there || "true".equals(System.getenv("CI")), "no sqlite3 program on this machine");
    Path reloaded = dir.resolve("reloaded.db");
    Path copy = dir.resolve("copy.db");

    assertThat(sqlite3(file, "PRAGMA integrity_check; PRAGMA foreign_key_check;")).isEqualTo("ok");
    assertThat(sqlite3(file, ".output " + dir.resolve("dump.sql") + "\n.dump")).isEmpty();
    assertThat(sqlite3(reloaded, ".read " + dir.resolve("dump.sql"))).isEmpty();
    assertThat(sqlite3(file, "VACUUM INTO '" + copy + "';")).isEmpty();

    assertSame(reloaded);
    assertSame(copy);
  }

  @Test
  void an_old_driver_checks_reloads_and_copies_a_store() throws Exception {
    Path reloaded = dir.resolve("reloaded.db");
    Path copy = dir.resolve("copy.db");

    try (ChildJvm child =
        ChildCommand.of(OldSqliteTest.class, file, reloaded, copy)
            .withClassPath(ClassPath.ofThisJvm().with("sqlite-jdbc", "3.39.2.0").toString())
            .start()) {
      child.expect("SQLite 3.39.2");
      child.expect("integrity ok");
      child.expect("done");
    }

    assertSame(reloaded);
    assertSame(copy);
  }

  private void assertSame(Path other) throws SQLException {
    assertThat(PlainSqlite.row(other, "PRAGMA integrity_check")).isEqualTo("ok");
    assertThat(PlainSqlite.row(other, COUNTS)).isEqualTo(PlainSqlite.row(file, COUNTS));
    try (Belay belay = Belay.open(other, TestOptions.defaults())) {
      assertThat(belay.sessions().history("s7")).hasSize(1);
      assertThat(belay.queue("q").claim("w", Duration.ofMinutes(1))).isPresent();
    }
  }

  private String sqlite3(Path database, String input) throws Exception {
    Process process =
        new ProcessBuilder("sqlite3", "-bail", database.toString())
            .redirectErrorStream(true)
            .start();
    try (var commands = process.outputWriter(StandardCharsets.UTF_8)) {
      commands.write(input);
    }
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(answer).isZero();
    return answer.strip();
  }

  /** The child: checks {@code args[0]}, copies it table by table, and as a whole. */
  public static void main(String[] args) throws SQLException {
    Parent parent = new Parent();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + args[0]);
        Statement statement = connection.createStatement()) {
      parent.say("SQLite " + column(statement, "SELECT sqlite_version()").get(0));
      parent.say("integrity " + column(statement, "PRAGMA integrity_check").get(0));
      List<String> schema =
          column(
              statement,
              "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
                  + " ORDER BY type = 'table' DESC");
      List<String> tables =
          column(
              statement,
              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
      try (Connection reloaded = DriverManager.getConnection("jdbc:sqlite:" + args[1]);
          Statement reload = reloaded.createStatement()) {
        reload.execute("ATTACH '" + args[0] + "' AS source");
        for (String create : schema) {
          reload.execute(create);
        }
        for (String table : tables) {
          reload.execute("INSERT INTO main." + table + " SELECT * FROM source." + table);
        }
      }
      statement.execute("VACUUM INTO '" + args[2] + "'");
    }
    parent.say("done");
  }

  private static List<String> column(Statement statement, String query) throws SQLException {
    List<String> values = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        values.add(row.getString(1));
      }
    }
    return values;
  }
}

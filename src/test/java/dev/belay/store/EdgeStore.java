package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.testing.Notes;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;

/** A store that is asked after each body whether it is as it was. Used by one thread. */
final class EdgeStore implements AutoCloseable {
  private static final List<String> ASKED =
      List.of(
          "foreign_keys",
          "synchronous",
          "journal_mode",
          "query_only",
          "ignore_check_constraints",
          "busy_timeout",
          "recursive_triggers",
          "cache_size",
          "temp_store",
          "database_list");

  private final Belay belay;
  private final @Nullable Connection other;
  private final Map<String, String> before;
  private int checks;

  /** On {@code file}, or in memory if it is null. */
  EdgeStore(@Nullable Path file) throws SQLException {
    BelayOptions options =
        TestOptions.defaults()
            .withBusyTimeout(Duration.ofMillis(500))
            .withJdbi(jdbi -> jdbi.getConfig(SqlStatements.class).setUnusedBindingAllowed(true));
    belay = file == null ? Belay.openInMemory(options) : Belay.open(file, options);
    SqliteNotes.create(belay);
    belay.useWrite(tx -> Notes.add(tx, "one"));
    other = file == null ? null : PlainSqlite.connect(file);
    before = settings();
  }

  TxRunner tx() {
    return belay.tx();
  }

  /** Fails unless everything is as it was before the last body. */
  void check() throws SQLException {
    String foreign = "foreign " + ++checks;
    String own = "own " + checks;
    if (other != null) {
      PlainSqlite.execute(
          other, "PRAGMA busy_timeout = 500", "INSERT INTO note (text) VALUES ('" + foreign + "')");
    } else {
      belay.useWrite(tx -> Notes.add(tx, foreign));
    }
    belay.useWrite(tx -> Notes.add(tx, own));
    assertThat(Notes.all(belay)).contains("one", foreign, own);
    int[] batch =
        belay
            .tx()
            .<int[], RuntimeException>write(
                tx ->
                    tx.handle()
                        .prepareBatch(EdgeStatement.INSERT.sql())
                        .bind("unused", 1)
                        .add()
                        .execute());
    assertThat(batch).as("rows of a batch of one").containsExactly(1);
    belay.tx().<Boolean, RuntimeException>writeFlow(tx -> TxOutcome.rollback(noSavepoint(tx)));
    assertThat(settings()).isEqualTo(before);
    belay.useWrite(tx -> tx.handle().execute("DELETE FROM note WHERE id > 1"));
    belay.useWrite(tx -> tx.handle().execute("UPDATE note SET text = 'one'"));
  }

  private static boolean noSavepoint(Tx tx) {
    assertThat(catchThrowable(() -> tx.handle().execute("ROLLBACK TO sp")))
        .as("a savepoint of an earlier body")
        .isNotNull();
    return true;
  }

  private Map<String, String> settings() {
    Map<String, String> found = new TreeMap<>();
    belay.useWrite(tx -> ask("write", tx, found));
    belay.useRead(tx -> ask("read", tx, found));
    return found;
  }

  private static void ask(String verb, Tx tx, Map<String, String> found) {
    // first: asking opens the temporary database, which the list of databases then names
    found.put(verb + " temp", rows(tx, "SELECT name FROM sqlite_temp_schema"));
    for (String pragma : ASKED) {
      found.put(verb + " " + pragma, rows(tx, "PRAGMA " + pragma));
    }
  }

  private static String rows(Tx tx, String sql) {
    return tx.handle().createQuery(sql).mapToMap().list().toString();
  }

  @Override
  public void close() throws SQLException {
    if (other != null) {
      other.close();
    }
    belay.close();
  }
}

package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.testing.Notes;
import dev.belay.testing.SqliteNotes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: what only SQLite has, pragmas, VACUUM INTO, statistics, is felt by no later body. */
@NullUnmarked // set up before each test
class SqliteStatementsTest {
  @RegisterExtension final StoreExtension store = StoreExtension.on(SqliteEngine.FILE);
  private Belay belay;

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
  }

  @Test
  void a_pragma_that_shows_rows_stops_no_later_write() {
    belay.useWrite(tx -> tx.handle().execute("PRAGMA table_info(note)"));
    store.checked().requireServing("a write");

    belay.useRead(tx -> tx.handle().execute("PRAGMA table_info(note)"));
    store.checked().requireServing("a read");

    belay.tx().call(tx -> tx.handle().execute("PRAGMA table_info(note)"));
    store.checked().requireServing("a call");
  }

  @Test
  void a_checkpoint_in_a_call_stops_no_later_write() {
    belay.tx().call(tx -> tx.handle().execute("PRAGMA wal_checkpoint(PASSIVE)"));
    store.checked().requireServing("execute");

    belay.tx().call(tx -> tx.handle().createUpdate("PRAGMA wal_checkpoint(PASSIVE)").execute());
    store.checked().requireServing("update");
  }

  @Test
  void a_copy_made_in_a_call_is_whole_and_stops_no_later_write() throws SQLException {
    belay.useWrite(tx -> Notes.add(tx, "a"));
    Path copy = store.folder().resolve("copy.db");

    belay.tx().call(tx -> tx.handle().execute("VACUUM INTO ?", copy.toString()));

    assertThat(Files.exists(copy)).isTrue();
    assertThat(SqliteNotes.all(copy)).containsExactly("a");
    store.checked().requireServing("VACUUM INTO");
  }

  @Test
  void what_a_pragma_tells_of_a_table_follows_the_table() {
    for (String pragma :
        List.of("table_info(app)", "index_list(app)", "foreign_key_list(app)", "index_info(ix)")) {
      assertThat(rowsOf(pragma)).as(pragma).isZero();
    }
    belay.useWrite(
        tx -> {
          tx.handle().execute("CREATE TABLE app (a REFERENCES note (id), b)");
          tx.handle().execute("CREATE INDEX ix ON app (b)");
        });

    for (String pragma :
        List.of("table_info(app)", "index_list(app)", "foreign_key_list(app)", "index_info(ix)")) {
      assertThat(rowsOf(pragma)).as(pragma).isPositive();
    }
  }

  private int rowsOf(String pragma) {
    int written =
        belay
            .tx()
            .<Integer, RuntimeException>write(
                tx -> tx.handle().createQuery("PRAGMA " + pragma).mapToMap().list().size());
    int read =
        belay.read(tx -> tx.handle().createQuery("PRAGMA " + pragma).mapToMap().list().size());
    assertThat(read).isEqualTo(written);
    return read;
  }

  @Test
  void statistics_that_a_body_made_by_select_are_undone_with_it() {
    belay.useWrite(tx -> tx.handle().execute("CREATE INDEX by_text ON note (text)"));

    assertThatThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      tx.handle()
                          .createQuery("SELECT * FROM pragma_optimize(0x10002)")
                          .mapToMap()
                          .list();
                      throw new IllegalStateException("undo");
                    }))
        .hasMessage("undo");

    int tables =
        belay
            .tx()
            .<Integer, RuntimeException>read(
                tx ->
                    tx.handle()
                        .createQuery(
                            "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'")
                        .mapTo(int.class)
                        .one());
    assertThat(tables).isZero();
  }

  @Test
  void what_is_called_temp_is_no_temporary_object() throws Exception {
    belay.useWrite(tx -> tx.handle().execute("CREATE TABLE sensor (id INTEGER, temp REAL)"));
    belay.useWrite(
        tx ->
            tx.handle()
                .execute(
                    "CREATE TRIGGER hot AFTER UPDATE OF temp ON sensor"
                        + " BEGIN INSERT INTO note (text) VALUES ('hot'); END"));
    belay.useWrite(tx -> tx.handle().execute("CREATE INDEX temp ON sensor (temp)"));
    belay.useWrite(tx -> tx.handle().execute("INSERT INTO sensor VALUES (1, 20)"));
    belay.useWrite(tx -> tx.handle().execute("UPDATE sensor SET temp = 30"));

    assertThat(store.notes()).contains("hot");
  }

  @Test
  void a_setting_made_on_an_object_of_the_driver_ends_with_the_body() throws Exception {
    belay.useWrite(
        tx -> {
          PreparedStatement asking =
              tx.handle().getConnection().prepareStatement("SELECT text FROM note");
          ResultSet driver = asking.executeQuery().getMetaData().unwrap(ResultSet.class);
          try (Statement meddling = driver.getStatement().getConnection().createStatement()) {
            meddling.execute("PRAGMA query_only = ON");
          }
        });

    belay.useWrite(tx -> Notes.add(tx, "next"));

    assertThat(Notes.all(belay)).containsExactly("next");
  }

  @Test
  void what_a_call_throws_reaches_its_caller_though_it_left_a_transaction_open() {
    IOException own = new IOException("mine");
    Throwable thrown =
        catchThrowable(
            () ->
                belay
                    .tx()
                    .call(
                        tx -> {
                          tx.handle().getConnection().setSavepoint();
                          throw own;
                        }));

    assertThat(thrown).isSameAs(own);
    assertThat(own.getSuppressed()).hasSize(1);
    assertThat(own.getSuppressed()[0]).hasMessageContaining("left a transaction open");
  }
}

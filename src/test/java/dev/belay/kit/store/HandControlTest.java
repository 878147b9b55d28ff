package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.Tx;
import dev.belay.store.TxAction;
import dev.belay.testing.Notes;
import dev.belay.testing.Standstill;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: a body that takes the transaction or the connection into its own hands is told so, and
 * nobody else notices. Method: every way that JDBI and JDBC offer, first alone, then between two
 * bodies that share its commit.
 */
@OnEachForm
class HandControlTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  /** One way to meddle, by name. Must end in an exception, in the body or after it. */
  record Meddling(String name, TxAction<Exception> action) {
    /** Or the database itself knows no statement that begins with a BOM. */
    void requireNoticed(Throwable thrown) {
      if (name.endsWith("behind a BOM")) {
        assertThat(thrown)
            .isInstanceOfAny(IllegalStateException.class, JdbiException.class, SQLException.class);
      } else {
        assertThat(thrown).isInstanceOf(IllegalStateException.class);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Meddling> meddlings() {
    return Stream.of(
        new Meddling("Handle.begin", tx -> tx.handle().begin()),
        new Meddling("Handle.commit", tx -> tx.handle().commit()),
        new Meddling("Handle.rollback", tx -> tx.handle().rollback()),
        new Meddling("COMMIT", tx -> tx.handle().execute("COMMIT")),
        new Meddling("END", tx -> tx.handle().execute(" end transaction")),
        new Meddling("ROLLBACK", tx -> tx.handle().execute("/* a */ -- b\n ; rollback")),
        new Meddling("BEGIN", tx -> tx.handle().execute("BEGIN")),
        new Meddling("COMMIT behind a BOM", tx -> tx.handle().execute("\uFEFFCOMMIT")),
        new Meddling("END behind a BOM", tx -> tx.handle().createUpdate("\uFEFF end").execute()),
        new Meddling("ROLLBACK behind a BOM", tx -> tx.handle().execute(" \uFEFF;rollback")),
        new Meddling("BEGIN behind a BOM", tx -> tx.handle().execute("/**/\uFEFFBEGIN")),
        new Meddling(
            "script behind a BOM", tx -> tx.handle().createScript("\uFEFFCOMMIT;").execute()),
        new Meddling("statement behind a BOM", tx -> statement(tx).execute("\uFEFFCOMMIT")),
        new Meddling("update COMMIT", tx -> tx.handle().createUpdate("COMMIT").execute()),
        new Meddling(
            "script", tx -> tx.handle().createScript("DELETE FROM note; COMMIT").execute()),
        new Meddling(
            "script ROLLBACK",
            tx -> tx.handle().createScript("ROLLBACK; DELETE FROM note").execute()),
        new Meddling("batch", tx -> tx.handle().createBatch().add("COMMIT").execute()),
        new Meddling("batch ROLLBACK", tx -> tx.handle().createBatch().add("ROLLBACK").execute()),
        new Meddling("Connection.commit", tx -> tx.handle().getConnection().commit()),
        new Meddling("Connection.rollback", tx -> tx.handle().getConnection().rollback()),
        new Meddling("setAutoCommit", tx -> tx.handle().getConnection().setAutoCommit(true)),
        new Meddling("abort", tx -> tx.handle().getConnection().abort(Runnable::run)),
        new Meddling("statement COMMIT", tx -> statement(tx).execute("/* me */ COMMIT")),
        new Meddling("statement ROLLBACK", tx -> statement(tx).execute("ROLLBACK")),
        new Meddling("statement END", tx -> statement(tx).executeUpdate("DELETE FROM note; END")),
        new Meddling(
            "prepared COMMIT",
            tx -> tx.handle().getConnection().prepareStatement("COMMIT").execute()),
        new Meddling("statement's connection", tx -> statement(tx).getConnection().commit()));
  }

  private static Statement statement(Tx tx) throws SQLException {
    return tx.handle().getConnection().createStatement();
  }

  @BeforeEach
  void open() {

    belay = store.belay();
    store.createNotes();
  }

  @ParameterizedTest
  @MethodSource("meddlings")
  void meddling_is_noticed_and_the_next_caller_is_unharmed(Meddling meddling) throws SQLException {
    Throwable noticed = catchThrowable(() -> belay.useWrite(tx -> meddling.action().run(tx)));

    meddling.requireNoticed(noticed);
    belay.useWrite(tx -> Notes.add(tx, "next"));
    assertThat(store.notes()).containsExactly("next");
  }

  @ParameterizedTest
  @MethodSource("meddlings")
  void neighbours_of_one_who_meddles_keep_what_they_wrote(Meddling meddling) throws Exception {
    CompletableFuture<Integer> before;
    CompletableFuture<Integer> culprit;
    CompletableFuture<Integer> after;
    try (Standstill standstill = store.standstill(belay)) {
      before = belay.tx().writeAsync(tx -> added(tx, "before"));
      culprit =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    meddling.action().run(tx);
                    return 0;
                  });
      after = belay.tx().writeAsync(tx -> added(tx, "after it"));
      standstill.end();
    }

    assertThat(before.get()).isEqualTo(1);
    assertThat(after.get()).isEqualTo(1);
    meddling.requireNoticed(catchThrowable(culprit::get).getCause());
    assertThat(store.notes()).containsExactlyInAnyOrder("before", "after it");
  }

  @ParameterizedTest
  @MethodSource("meddlings")
  void meddling_with_a_read_harms_no_read(Meddling meddling) {
    Throwable noticed = catchThrowable(() -> belay.useRead(tx -> meddling.action().run(tx)));

    if (noticed != null && !(noticed instanceof StoreReadOnlyException)) {
      meddling.requireNoticed(noticed);
    }
    assertThat(Notes.all(belay)).isEmpty();
    belay.useWrite(tx -> Notes.add(tx, "next"));
    assertThat(Notes.all(belay)).containsExactly("next");
  }

  @Test
  void what_was_refused_leaves_the_transaction_as_it_was() {
    belay.useWrite(
        tx -> {
          Notes.add(tx, "a");
          for (String sql : List.of("COMMIT", "ROLLBACK", "BEGIN", "END", "-- x\ncommit")) {
            assertThatIllegalStateException().isThrownBy(() -> tx.handle().execute(sql));
          }
          assertThatIllegalStateException().isThrownBy(() -> tx.handle().rollback());
          assertThatIllegalStateException().isThrownBy(() -> tx.handle().commit());
          Notes.add(tx, "b");
        });

    assertThat(Notes.all(belay)).containsExactly("a", "b");
  }

  @Test
  void closing_the_handle_ends_the_handle_and_nothing_else() throws SQLException {
    belay.useWrite(
        tx -> {
          try (Handle handle = tx.handle()) {
            handle.execute("INSERT INTO note (text) VALUES ('a')");
          }
        });
    belay.useWrite(tx -> Notes.add(tx, "b"));

    assertThat(store.notes()).containsExactly("a", "b");
  }

  @Test
  void savepoints_nest() {
    belay.useWrite(
        tx -> {
          Handle handle = tx.handle();
          Notes.add(tx, "a");
          handle.savepoint("one");
          Notes.add(tx, "b");
          handle.savepoint("two \"quoted\"");
          Notes.add(tx, "c");
          handle.rollbackToSavepoint("two \"quoted\"");
          handle.releaseSavepoint("two \"quoted\"");
          Notes.add(tx, "d");
          handle.rollbackToSavepoint("one");
          Notes.add(tx, "e");
          handle.execute("SAVEPOINT three");
          Notes.add(tx, "f");
          handle.execute("ROLLBACK TRANSACTION TO SAVEPOINT three");
          handle.execute("RELEASE three");
        });

    assertThat(Notes.all(belay)).containsExactly("a", "e");
  }

  @Test
  void a_savepoint_of_an_earlier_body_is_unknown_to_the_next() {
    belay.useWrite(
        tx -> {
          tx.handle().savepoint("open");
          Notes.add(tx, "a");
        });

    Throwable unknown =
        catchThrowable(() -> belay.useWrite(tx -> tx.handle().execute("ROLLBACK TO open")));

    assertThat(unknown).isNotNull();
    assertThat(store.notes()).containsExactly("a");
    store.checked().requireServing("a savepoint that is unknown");
  }

  @Test
  void no_body_can_end_a_savepoint_of_the_runner() {
    Throwable thrown =
        catchThrowable(
            () ->
                belay.useWrite(
                    tx -> {
                      Notes.add(tx, "never");
                      for (String name : List.of("belay", "body", "sp", "runner", "s", "x")) {
                        catchThrowable(() -> tx.handle().execute("RELEASE " + name));
                        catchThrowable(() -> tx.handle().execute("ROLLBACK TO " + name));
                      }
                      throw new IllegalArgumentException("no");
                    }));

    assertThat(thrown).hasMessage("no");
    assertThat(store.notes()).isEmpty();
    store.checked().requireServing("names of savepoints");
  }

  @Test
  void a_savepoint_left_open_is_committed_with_the_rest() {
    belay.useWrite(
        tx -> {
          tx.handle().savepoint("open");
          Notes.add(tx, "a");
        });
    belay.useWrite(tx -> Notes.add(tx, "b"));

    assertThat(Notes.all(belay)).containsExactly("a", "b");
  }

  private static int added(Tx tx, String text) {
    Notes.add(tx, text);
    return Notes.all(tx).size() > 0 ? 1 : 0;
  }
}

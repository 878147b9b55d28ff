package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.store.TxAction;
import dev.belay.store.TxBody;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Tx, and all that came from it, is dead after its body and on other threads. */
@OnEachForm
class DeadTxTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  /** A DAO of the host's. */
  public interface NoteSql {
    @SqlUpdate("INSERT INTO note (text) VALUES (:text)")
    int add(String text);
  }

  /** Everything a body can carry away. */
  private record Loot(
      Tx tx,
      Handle handle,
      NoteSql dao,
      Connection connection,
      Statement statement,
      PreparedStatement prepared) {
    static Loot of(Tx tx) throws SQLException {
      Connection connection = tx.handle().getConnection();
      return new Loot(
          tx,
          tx.handle(),
          tx.attach(NoteSql.class),
          connection,
          connection.createStatement(),
          connection.prepareStatement("INSERT INTO note (text) VALUES ('prepared')"));
    }

    List<TxAction<Exception>> uses() {
      return List.of(
          dead -> tx.handle(),
          dead -> tx.attach(NoteSql.class),
          dead -> tx.now(),
          dead -> tx.writable(),
          dead -> tx.afterCommit(() -> {}),
          dead -> handle.execute("INSERT INTO note (text) VALUES ('handle')"),
          dead -> handle.savepoint("x"),
          dead -> dao.add("dao"),
          dead -> connection.createStatement(),
          dead -> connection.prepareStatement("SELECT 1"),
          dead -> statement.executeUpdate("INSERT INTO note (text) VALUES ('statement')"),
          dead -> prepared.executeUpdate());
    }
  }

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
  }

  @Test
  void nothing_works_after_the_body() throws Exception {
    Loot loot = belay.write(Loot::of);

    for (TxAction<Exception> use : loot.uses()) {
      assertThat(catchThrowable(() -> use.run(loot.tx()))).isNotNull();
    }
    assertThat(Notes.all(belay)).isEmpty();
    assertThat(loot.tx().runner()).isSameAs(belay.tx());
  }

  @Test
  void nothing_works_on_another_thread_during_the_body() throws Exception {
    belay.useWrite(
        tx -> {
          Loot loot = Loot.of(tx);
          for (TxAction<Exception> use : loot.uses()) {
            assertThat(elsewhere(() -> use.run(tx))).isInstanceOf(IllegalStateException.class);
          }
          assertThat(tx.runner()).isSameAs(belay.tx());
          loot.dao().add("mine");
        });

    assertThat(Notes.all(belay)).containsExactly("mine");
  }

  @Test
  void what_is_left_of_an_earlier_body_writes_nothing_into_a_later_read() throws Exception {
    Loot loot = belay.write(Loot::of);

    belay.useRead(
        tx -> {
          List<TxAction<Exception>> uses = loot.uses();
          for (int i = 0; i < uses.size(); i++) {
            TxAction<Exception> use = uses.get(i);
            assertThat(catchThrowable(() -> use.run(tx))).as("use %s", i).isNotNull();
          }
        });
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void a_stream_carried_away_never_passes_for_a_complete_one() {
    belay.useWrite(
        tx -> {
          for (int i = 0; i < 100; i++) {
            Notes.add(tx, "text " + i);
          }
        });

    for (TxBody<Stream<String>, RuntimeException> body :
        List.<TxBody<Stream<String>, RuntimeException>>of(
            tx -> tx.handle().createQuery("SELECT text FROM note").mapTo(String.class).stream(),
            tx ->
                tx.handle().createQuery("SELECT text FROM note").mapTo(String.class).stream()
                    .map(text -> text))) {
      assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> belay.read(body).toList());
    }
  }

  @Test
  void a_statement_left_open_holds_nobody_up() {
    belay.useWrite(tx -> Notes.add(tx, "a"));
    belay.useRead(
        tx ->
            assertThat(
                    tx.handle().createQuery("SELECT text FROM note").mapTo(String.class).iterator())
                .hasNext());
    belay.useWrite(tx -> tx.handle().execute("DROP TABLE note"));
    belay.tx().call(tx -> tx.handle().execute("VACUUM"));
  }

  @Test
  void a_cancel_from_an_earlier_body_stops_no_later_one() throws Exception {
    Loot loot = belay.write(Loot::of);
    loot.statement().cancel();
    belay.useWrite(tx -> Notes.add(tx, "a"));

    assertThat(Notes.all(belay)).containsExactly("a");
  }

  @Test
  void what_a_body_sets_on_its_handle_ends_with_it() {
    belay.useWrite(
        tx -> {
          tx.handle().define("table", "note");
          tx.handle().registerColumnMapper(String.class, (row, column, context) -> "mapped");
          tx.handle().execute("INSERT INTO <table> (text) VALUES ('a')");
          assertThat(Notes.all(tx)).containsExactly("mapped");
        });

    assertThat(Notes.all(belay)).containsExactly("a");
    belay.useWrite(tx -> assertThat(Notes.all(tx)).containsExactly("a"));
  }

  @Test
  void hooks_are_refused_where_nothing_is_committed() {
    assertThatIllegalStateException()
        .isThrownBy(() -> belay.useRead(tx -> tx.afterCommit(() -> {})));
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                belay
                    .tx()
                    .call(
                        tx -> {
                          tx.afterCommit(() -> {});
                          return 1;
                        }));
  }

  private static Throwable elsewhere(org.assertj.core.api.ThrowableAssert.ThrowingCallable use) {
    AtomicReference<Throwable> caught = new AtomicReference<>(new AssertionError("nothing"));
    try {
      Patience.get(
          CompletableFuture.runAsync(() -> caught.set(catchThrowable(use)), LaterThreads.EACH));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return caught.get();
  }
}

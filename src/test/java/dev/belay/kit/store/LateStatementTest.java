package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.testing.Notes;
import dev.belay.testing.TxFailures.Keeper;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: a statement is dead with its body, JDBI's too. Method: the statement is kept by a
 * customizer, as every watchdog does, in each verb of JDBI, and used after the body and in another.
 */
@NullUnmarked // set up before each test
@OnEachForm
class LateStatementTest {
  private static final String INSERT = "INSERT INTO note (text) VALUES (:text)";

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  /** One way to get hold of the statement behind a verb of JDBI. */
  interface Source {
    PreparedStatement keep(Tx tx) throws SQLException;
  }

  record Kept(String name, Source source) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeEach
  void open() {

    belay = store.belay();
    store.createNotes();
  }

  static Stream<Kept> statements() {
    return Stream.of(
        new Kept(
            "update",
            tx -> {
              Keeper keeper = new Keeper();
              tx.handle().createUpdate(INSERT).bind("text", "a").addCustomizer(keeper).execute();
              return keeper.statement();
            }),
        new Kept(
            "query RETURNING",
            tx -> {
              Keeper keeper = new Keeper();
              tx.handle()
                  .createQuery(INSERT + " RETURNING id")
                  .bind("text", "a")
                  .addCustomizer(keeper)
                  .mapTo(Long.class)
                  .one();
              return keeper.statement();
            }),
        new Kept(
            "half-read query",
            tx -> {
              Keeper keeper = new Keeper();
              Notes.add(tx, "a");
              tx.handle()
                  .createQuery("SELECT text FROM note")
                  .addCustomizer(keeper)
                  .mapTo(String.class)
                  .iterator()
                  .next();
              return keeper.statement();
            }),
        new Kept(
            "batch",
            tx -> {
              Keeper keeper = new Keeper();
              tx.handle()
                  .prepareBatch(INSERT)
                  .bind("text", "a")
                  .add()
                  .addCustomizer(keeper)
                  .execute();
              return keeper.statement();
            }),
        new Kept(
            "raw",
            tx -> {
              Notes.add(tx, "a");
              PreparedStatement raw =
                  tx.handle()
                      .getConnection()
                      .prepareStatement("INSERT INTO note (text) VALUES ('raw')");
              return raw;
            }));
  }

  @ParameterizedTest
  @MethodSource("statements")
  void a_cancel_that_comes_after_the_body_stops_nobody_else(Kept kept) throws Exception {
    PreparedStatement statement = belay.write(kept.source()::keep);

    Integer read =
        belay
            .tx()
            .<Integer, SQLException>write(
                tx -> {
                  Iterator<Integer> rows = rows(tx, 2000);
                  rows.next();
                  statement.cancel();
                  int count = 1;
                  while (rows.hasNext()) {
                    count += rows.next() > 0 ? 1 : 0;
                  }
                  Notes.add(tx, "not stopped");
                  return count;
                });

    assertThat(read).isEqualTo(2000);
    assertThat(store.notes()).containsExactly("a", "not stopped");
  }

  private static Iterator<Integer> rows(Tx tx, int count) {
    return tx.handle()
        .createQuery(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
                + " SELECT i FROM n")
        .bind("count", count)
        .mapTo(Integer.class)
        .iterator();
  }

  @ParameterizedTest
  @MethodSource("statements")
  void a_statement_kept_beyond_its_body_runs_no_more(Kept kept) throws Exception {
    PreparedStatement statement = belay.write(kept.source()::keep);

    for (var use :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> statement.setString(1, "stray"),
            statement::executeUpdate,
            statement::execute,
            statement::executeQuery,
            statement::addBatch,
            statement::executeBatch,
            () -> statement.getConnection().createStatement().executeUpdate("DELETE FROM note"))) {
      Throwable refused = catchThrowable(use);
      assertThat(refused == null || refused instanceof Exception).isTrue();
    }

    assertThat(store.notes()).as("after late use").containsExactly("a");
    store.checked().requireServing(kept);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void executing_a_statement_kept_beyond_its_body_is_refused(Kept kept) throws Exception {
    PreparedStatement statement = belay.write(kept.source()::keep);

    assertThat(catchThrowable(statement::execute)).isInstanceOf(Exception.class);
    assertThat(catchThrowable(statement::executeUpdate)).isInstanceOf(Exception.class);
    belay.useWrite(
        tx -> {
          assertThat(catchThrowable(statement::executeUpdate)).isInstanceOf(Exception.class);
          assertThat(catchThrowable(statement::executeBatch)).isInstanceOf(Exception.class);
          Notes.add(tx, "b");
        });

    assertThat(store.notes()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @MethodSource("statements")
  void closing_a_statement_kept_beyond_its_body_takes_it_from_nobody_else(Kept kept)
      throws Exception {
    PreparedStatement statement = belay.write(kept.source()::keep);

    belay.useWrite(
        tx -> {
          tx.handle().execute("DELETE FROM note");
          kept.source().keep(tx);
          Iterator<Integer> rows = rows(tx, 2000);
          rows.next();
          catchThrowable(statement::close);
          catchThrowable(statement::clearParameters);
          catchThrowable(statement::clearBatch);
          assertThat(rows).toIterable().hasSize(1999);
          Notes.add(tx, "b");
        });

    assertThat(store.notes()).containsExactly("a", "b");
    store.checked().requireServing(kept);
  }
}

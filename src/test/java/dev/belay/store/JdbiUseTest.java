package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.testing.Notes;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindList;
import org.jdbi.v3.sqlobject.statement.GetGeneratedKeys;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JDBI inside a body works as its users know it, but for who owns the transaction. */
class JdbiUseTest {
  @TempDir Path dir;
  private final AtomicReference<Jdbi> shown = new AtomicReference<>();
  private Belay belay;

  /** A text of the host's, with a mapper of its own. */
  public record Note(String text) {}

  /** A DAO of the host's, with everything that JDBI offers. */
  public interface NoteDao {
    @SqlUpdate("INSERT INTO note (text) VALUES (:text)")
    int add(@Bind("text") String text);

    @Transaction
    @SqlUpdate("INSERT INTO note (text) VALUES (:text)")
    int addInTransaction(@Bind("text") String text);

    @SqlBatch("INSERT INTO note (text) VALUES (:text)")
    int[] addAll(@Bind("text") List<String> texts);

    @SqlQuery("SELECT text FROM note WHERE text IN (<texts>) ORDER BY id")
    List<Note> findAll(@BindList("texts") List<String> texts);

    @SqlUpdate("INSERT INTO note (text) VALUES (:text)")
    @GetGeneratedKeys
    long addForKey(@Bind("text") String text);

    @Transaction
    default List<Note> addBoth(String one, String two) {
      add(one);
      add(two);
      return findAll(List.of(one, two));
    }
  }

  @BeforeEach
  void open() {
    belay =
        Belay.open(
            dir.resolve("belay.db"),
            TestOptions.defaults()
                .withJdbi(
                    jdbi -> {
                      shown.set(jdbi);
                      jdbi.registerRowMapper(
                          Note.class, (row, context) -> new Note(row.getString("text")));
                    }));
    SqliteNotes.create(belay);
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Test
  void a_dao_of_the_host_joins_the_transaction() {
    belay.useWrite(
        tx -> {
          NoteDao dao = tx.attach(NoteDao.class);
          dao.add("a");
          dao.addInTransaction("b");
          dao.addAll(List.of("c", "d"));
          assertThat(dao.addBoth("e", "f")).extracting(Note::text).containsExactly("e", "f");
          assertThat(dao.findAll(List.of("a", "d", "x"))).hasSize(2);
          assertThat(tx.attach(NoteDao.class)).isSameAs(dao);
        });

    assertThat(Notes.all(belay)).containsExactly("a", "b", "c", "d", "e", "f");
    assertThat(
            belay
                .tx()
                .<List<Note>, RuntimeException>read(
                    tx -> tx.attach(NoteDao.class).findAll(List.of("a"))))
        .containsExactly(new Note("a"));
  }

  @Test
  void a_dao_of_the_host_leaves_nothing_of_a_body_that_throws() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      tx.attach(NoteDao.class).addInTransaction("a");
                      tx.attach(NoteDao.class).addAll(List.of("b", "c"));
                      throw new IllegalStateException("no");
                    }));
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void generated_keys_are_refused_with_the_way_out() {
    assertThat(catchThrowable(() -> belay.write(tx -> tx.attach(NoteDao.class).addForKey("a"))))
        .hasStackTraceContaining("RETURNING");
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void a_nested_transaction_joins() {
    belay.useWrite(
        tx -> {
          Handle handle = tx.handle();
          handle.useTransaction(inner -> Notes.add(tx, "a"));
          handle.useTransaction(
              TransactionIsolationLevel.SERIALIZABLE, inner -> Notes.add(tx, "b"));
          assertThatIllegalStateException()
              .isThrownBy(
                  () ->
                      handle.useTransaction(
                          inner -> {
                            throw new IllegalStateException("inner");
                          }))
              .withMessage("inner");
          Notes.add(tx, "c");
        });

    assertThat(Notes.all(belay)).containsExactly("a", "b", "c");
  }

  @Test
  void the_callbacks_of_jdbi_tell_the_outcome() {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    belay.useWrite(
        tx -> {
          tx.handle().afterCommit(() -> told.add("committed"));
          tx.handle().afterRollback(() -> told.add("never"));
        });
    belay
        .tx()
        .<Integer, RuntimeException>writeFlow(
            tx -> {
              Notes.add(tx, "a");
              tx.handle().afterCommit(() -> told.add("never"));
              tx.handle().afterRollback(() -> told.add("rolled back"));
              return TxOutcome.rollback(1);
            });

    belay.close(); // waits for what runs on callback threads
    assertThat(told).containsExactlyInAnyOrder("committed", "rolled back");
  }

  @Test
  void the_jdbi_that_the_host_was_shown_opens_no_way_around_the_store() {
    assertThat(catchThrowable(() -> shown.get().open()))
        .hasStackTraceContaining("belong to the store");
    belay.useWrite(
        tx ->
            assertThat(catchThrowable(() -> shown.get().useHandle(handle -> {})))
                .hasStackTraceContaining("belong to the store"));
  }

  @Test
  void an_isolation_level_set_in_one_body_reaches_no_other() {
    belay.useWrite(
        tx -> {
          try {
            tx.handle().setTransactionIsolationLevel(TransactionIsolationLevel.READ_UNCOMMITTED);
          } catch (RuntimeException e) {
            assertThat(e).hasStackTraceContaining("solation");
          }
        });

    belay.useWrite(
        tx ->
            tx.handle()
                .useTransaction(
                    TransactionIsolationLevel.SERIALIZABLE, inner -> Notes.add(tx, "a")));
    assertThat(Notes.all(belay)).containsExactly("a");
  }

  @Test
  void dropping_a_table_under_an_open_query_is_the_bodys_mistake_and_no_busy_store() {
    Throwable caught =
        catchThrowable(
            () ->
                belay.useWrite(
                    tx -> {
                      Notes.add(tx, "a");
                      Notes.add(tx, "b");
                      var rows =
                          tx.handle()
                              .createQuery("SELECT text FROM note")
                              .mapTo(String.class)
                              .iterator();
                      rows.next();
                      tx.handle().execute("DROP TABLE note");
                    }));

    assertThat(caught).isNotNull().isNotInstanceOf(StoreBusyException.class);
  }
}

package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.testing.Answers;
import dev.belay.testing.GroupStore;
import dev.belay.testing.Member;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: the handle that a SqlObject shows is the body's own. Method: a default method does to it
 * whatever a user may do to a handle: registers callbacks, closes it, changes its configuration,
 * uses it in the next body.
 */
@NullUnmarked // set up before each test
class DaoHandleTest {
  /** What a statement is given, which JDBI keeps as long as the statement. */
  public record Probe(String text) {}

  @TempDir Path dir;
  @RegisterExtension final GroupStore store = new GroupStore();

  /** A DAO of the host's that uses the handle behind it. */
  public interface OddDao extends SqlObject {
    @SqlUpdate("INSERT INTO note (text) VALUES (:text)")
    int add(String text);

    @SqlQuery("SELECT text FROM note ORDER BY id")
    List<String> all();

    default void onCommit(Runnable callback) {
      getHandle().afterCommit(callback);
    }

    default void onRollback(Runnable callback) {
      getHandle().afterRollback(callback);
    }

    default void addAndClose(String text) {
      try (Handle handle = getHandle()) {
        handle.execute("INSERT INTO note (text) VALUES (?)", text);
      }
    }

    default void addWithHandle(String text) {
      useHandle(handle -> handle.execute("INSERT INTO note (text) VALUES (?)", text));
    }

    default void addInTransaction(String text) {
      getHandle()
          .useTransaction(handle -> handle.execute("INSERT INTO note (text) VALUES (?)", text));
    }

    default void define(String key, String value) {
      getHandle().define(key, value);
    }

    @SqlUpdate("INSERT INTO <table> (text) VALUES (:text)")
    int addTo(String text);

    default void endByHand() {
      getHandle().rollback();
    }

    @SqlQuery("SELECT text FROM note WHERE text <> :probe.text")
    Stream<String> others(@BindMethods("probe") Probe probe);

    @SqlQuery("SELECT text FROM note WHERE text <> :probe.text")
    Iterator<String> iterator(@BindMethods("probe") Probe probe);

    default Handle shown() {
      return getHandle();
    }
  }

  @Test
  void what_a_body_has_not_read_to_its_end_is_forgotten_with_the_body() {
    try (Belay belay = Belay.open(dir.resolve("unread.db"), TestOptions.defaults())) {
      SqliteNotes.create(belay);
      belay.useWrite(tx -> tx.attach(OddDao.class).add("a"));
      belay.useWrite(tx -> tx.attach(OddDao.class).add("b"));
      for (Function<TxRunner, WeakReference<Probe>> body :
          List.<Function<TxRunner, WeakReference<Probe>>>of(
              runner -> runner.read(tx -> unread(tx, OddDao::others)),
              runner -> runner.write(tx -> unread(tx, OddDao::others)),
              runner -> runner.read(tx -> unread(tx, OddDao::iterator)))) {
        WeakReference<Probe> kept = body.apply(belay.tx());
        Patience.until(
            "nothing holds what the statement was given",
            () -> {
              System.gc();
              return kept.get() == null;
            });
      }
    }
  }

  private static WeakReference<Probe> unread(Tx tx, BiFunction<OddDao, Probe, Object> query) {
    Probe probe = new Probe("x");
    Object unused = query.apply(tx.attach(OddDao.class), probe);
    return new WeakReference<>(probe);
  }

  @Test
  void callbacks_registered_through_a_dao_tell_the_outcome_of_their_own_body() {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    Answers answers =
        store.run(
            "A B",
            belay ->
                List.of(
                    Member.write("A", tx -> registered(tx, "A", told)),
                    Member.write(
                        "B",
                        tx -> {
                          registered(tx, "B", told);
                          throw new IllegalArgumentException("no");
                        }),
                    Member.flow("C", tx -> TxOutcome.rollback(registered(tx, "C", told))),
                    Member.write("D", tx -> registered(tx, "D", told))));
    answers.belay().useWrite(tx -> Notes.add(tx, "next"));
    awaitCallbacks(answers.belay());

    assertThat(told).doesNotContain("after commit of B", "after commit of C");
    assertThat(told).doesNotContain("after rollback of A", "after rollback of D");
    assertThat(told).contains("after commit of A", "after commit of D");
    assertThat(answers.notes()).containsExactly("A", "D", "next");
  }

  private static String registered(Tx tx, String name, List<String> told) {
    OddDao dao = tx.attach(OddDao.class);
    dao.onCommit(() -> told.add("after commit of " + name));
    dao.onRollback(() -> told.add("after rollback of " + name));
    dao.add(name);
    return name;
  }

  /** Until a hook of a later commit has run, and the writer has served one more. */
  private static void awaitCallbacks(Belay belay) {
    var hook = new java.util.concurrent.CountDownLatch(1);
    belay.useWrite(tx -> tx.afterCommit(hook::countDown));
    dev.belay.testing.Standstill.await(hook);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closing_the_handle_of_a_dao_ends_nothing_but_itself(boolean inMemory) {
    try (Belay belay = open(inMemory)) {
      belay.useWrite(tx -> Notes.add(tx, "before"));

      belay.useWrite(tx -> tx.attach(OddDao.class).addAndClose("closed"));
      belay.useWrite(tx -> tx.attach(OddDao.class).shown().close());
      belay.useRead(
          tx -> {
            try (Handle handle = tx.attach(OddDao.class).shown()) {
              assertThat(handle).isNotNull();
            }
          });

      belay.useWrite(tx -> tx.attach(OddDao.class).add("after"));
      assertThat(Notes.all(belay)).containsExactly("before", "closed", "after");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_dao_goes_on_with_its_body_in_every_way_to_get_at_the_handle(boolean inMemory) {
    try (Belay belay = open(inMemory)) {
      belay.useWrite(
          tx -> {
            OddDao dao = tx.attach(OddDao.class);
            dao.add("a");
            dao.addWithHandle("b");
            dao.addInTransaction("c");
            assertThat(dao.all()).containsExactly("a", "b", "c");
            assertThat(Notes.all(tx)).containsExactly("a", "b", "c");
          });
      Throwable refused =
          catchThrowable(
              () ->
                  belay.useWrite(
                      tx -> {
                        tx.attach(OddDao.class).add("undone");
                        tx.attach(OddDao.class).endByHand();
                      }));

      assertThat(refused).isInstanceOf(IllegalStateException.class);
      assertThat(Notes.all(belay)).containsExactly("a", "b", "c");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_one_body_configures_through_a_dao_reaches_no_other(boolean inMemory) {
    try (Belay belay = open(inMemory)) {
      belay.useWrite(tx -> tx.attach(OddDao.class).define("table", "note"));

      Throwable undefined =
          catchThrowable(() -> belay.useWrite(tx -> tx.attach(OddDao.class).addTo("stray")));

      assertThat(undefined).isNotNull();
      assertThat(Notes.all(belay)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_handle_that_a_dao_showed_is_dead_after_its_body(boolean inMemory) {
    try (Belay belay = open(inMemory)) {
      Handle kept = belay.write(tx -> tx.attach(OddDao.class).shown());

      assertThat(catchThrowable(() -> kept.execute("INSERT INTO note (text) VALUES ('stray')")))
          .isInstanceOf(Exception.class);
      belay.useWrite(
          tx -> {
            Notes.add(tx, "a");
            catchThrowable(kept::close);
          });
      assertThat(Notes.all(belay)).containsExactly("a");
    }
  }

  private Belay open(boolean inMemory) {
    Belay belay =
        inMemory
            ? Belay.openInMemory(TestOptions.defaults())
            : Belay.open(dir.resolve("other.db"), TestOptions.defaults());
    SqliteNotes.create(belay);
    return belay;
  }
}

package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.store.TxRunner;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: the handle that a SqlObject shows is the body's own. Method: a default method does to it
 * whatever a user may do to a handle: registers callbacks, closes it, changes its configuration,
 * uses it in the next body.
 */
@NullUnmarked // set up before each test
@OnEachForm
class DaoHandleTest {
  /** What a statement is given, which JDBI keeps as long as the statement. */
  public record Probe(String text) {}

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
  }

  /** A DAO of the host's that uses the handle behind it. */
  public interface OddSql extends SqlObject {
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
    belay.useWrite(tx -> tx.attach(OddSql.class).add("a"));
    belay.useWrite(tx -> tx.attach(OddSql.class).add("b"));
    for (Function<TxRunner, WeakReference<Probe>> body :
        List.<Function<TxRunner, WeakReference<Probe>>>of(
            runner -> runner.read(tx -> unread(tx, OddSql::others)),
            runner -> runner.write(tx -> unread(tx, OddSql::others)),
            runner -> runner.read(tx -> unread(tx, OddSql::iterator)))) {
      WeakReference<Probe> kept = body.apply(belay.tx());
      Patience.until(
          "nothing holds what the statement was given",
          () -> {
            System.gc();
            return kept.get() == null;
          });
    }
  }

  private static WeakReference<Probe> unread(Tx tx, BiFunction<OddSql, Probe, Object> query) {
    Probe probe = new Probe("x");
    Object unused = query.apply(tx.attach(OddSql.class), probe);
    return new WeakReference<>(probe);
  }

  @Test
  void callbacks_registered_through_a_dao_tell_the_outcome_of_their_own_body() throws Exception {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<String> first;
    CompletableFuture<String> failed;
    CompletableFuture<String> undone;
    CompletableFuture<String> last;
    try (Standstill standstill = store.standstill(belay)) {
      first = belay.tx().writeAsync(tx -> registered(tx, "A", told));
      failed =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    registered(tx, "B", told);
                    throw new IllegalArgumentException("no");
                  });
      undone = belay.tx().writeFlowAsync(tx -> TxOutcome.rollback(registered(tx, "C", told)));
      last = belay.tx().writeAsync(tx -> registered(tx, "D", told));
      standstill.end();
    }
    assertThat(Patience.get(first)).isEqualTo("A");
    assertThat(catchThrowable(() -> Patience.get(failed))).hasRootCauseMessage("no");
    assertThat(Patience.get(undone)).isEqualTo("C");
    assertThat(Patience.get(last)).isEqualTo("D");
    belay.useWrite(tx -> Notes.add(tx, "next"));
    awaitCallbacks(belay);

    assertThat(told).doesNotContain("after commit of B", "after commit of C");
    assertThat(told).doesNotContain("after rollback of A", "after rollback of D");
    assertThat(told).contains("after commit of A", "after commit of D");
    assertThat(store.notes()).containsExactlyInAnyOrder("A", "D", "next");
  }

  private static String registered(Tx tx, String name, List<String> told) {
    OddSql dao = tx.attach(OddSql.class);
    dao.onCommit(() -> told.add("after commit of " + name));
    dao.onRollback(() -> told.add("after rollback of " + name));
    dao.add(name);
    return name;
  }

  /** Until a hook of a later commit has run, and the writer has served one more. */
  private static void awaitCallbacks(Belay belay) {
    var hook = new java.util.concurrent.CountDownLatch(1);
    belay.useWrite(tx -> tx.afterCommit(hook::countDown));
    Standstill.await(hook);
  }

  @Test
  void closing_the_handle_of_a_dao_ends_nothing_but_itself() {
    belay.useWrite(tx -> Notes.add(tx, "before"));

    belay.useWrite(tx -> tx.attach(OddSql.class).addAndClose("closed"));
    belay.useWrite(tx -> tx.attach(OddSql.class).shown().close());
    belay.useRead(
        tx -> {
          try (Handle handle = tx.attach(OddSql.class).shown()) {
            assertThat(handle).isNotNull();
          }
        });

    belay.useWrite(tx -> tx.attach(OddSql.class).add("after"));
    assertThat(Notes.all(belay)).containsExactly("before", "closed", "after");
  }

  @Test
  void a_dao_goes_on_with_its_body_in_every_way_to_get_at_the_handle() {
    belay.useWrite(
        tx -> {
          OddSql dao = tx.attach(OddSql.class);
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
                      tx.attach(OddSql.class).add("undone");
                      tx.attach(OddSql.class).endByHand();
                    }));

    assertThat(refused).isInstanceOf(IllegalStateException.class);
    assertThat(Notes.all(belay)).containsExactly("a", "b", "c");
  }

  @Test
  void what_one_body_configures_through_a_dao_reaches_no_other() {
    belay.useWrite(tx -> tx.attach(OddSql.class).define("table", "note"));

    Throwable undefined =
        catchThrowable(() -> belay.useWrite(tx -> tx.attach(OddSql.class).addTo("stray")));

    assertThat(undefined).isNotNull();
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void a_handle_that_a_dao_showed_is_dead_after_its_body() {
    Handle kept = belay.write(tx -> tx.attach(OddSql.class).shown());

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

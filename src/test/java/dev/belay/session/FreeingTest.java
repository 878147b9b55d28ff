package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.TxOutcome;
import dev.belay.testing.LogProbe;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: rows of deleted and cleared sessions go, whatever ends the process that deleted them and
 * whatever keeps one of them. Method: what a process that was killed leaves behind is made by the
 * statements of a deletion without what follows it; rows are counted by another program.
 */
@NeedsSharing
@OnEachForm
class FreeingTest {
  private static final String EVENTS = "SELECT count(*) FROM belay_session_event";

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();

  private final ManualClock clock = store.clock;
  private Belay belay;
  private Sessions sessions;

  /** What an application may hang on rows, so that they cannot go. */
  private enum Hold {
    FOREIGN_KEY(
        "CREATE TABLE hold (no BIGINT, seq BIGINT, FOREIGN KEY (no, seq)"
            + " REFERENCES belay_session_event (session_no, seq))"),
    DEFERRED_FOREIGN_KEY(
        "CREATE TABLE hold (no BIGINT, seq BIGINT, FOREIGN KEY (no, seq)"
            + " REFERENCES belay_session_event (session_no, seq) DEFERRABLE INITIALLY DEFERRED)"),
    TRIGGER_THAT_FAILS("CREATE TABLE hold (no BIGINT, seq BIGINT)", trigger("RAISE(FAIL, 'held')")),
    TRIGGER_THAT_ABORTS(
        "CREATE TABLE hold (no BIGINT, seq BIGINT)", trigger("RAISE(ABORT, 'held')")),
    TRIGGER_THAT_ROLLS_BACK(
        "CREATE TABLE hold (no BIGINT, seq BIGINT)", trigger("RAISE(ROLLBACK, 'held')")),
    TRIGGER_THAT_IGNORES("CREATE TABLE hold (no BIGINT, seq BIGINT)", trigger("RAISE(IGNORE)"));

    private final String table;
    private final String trigger;

    Hold(String table) {
      this(table, "");
    }

    Hold(String table, String trigger) {
      this.table = table;
      this.trigger = trigger;
    }

    private static String trigger(String raise) {
      return "CREATE TRIGGER held BEFORE DELETE ON belay_session_event"
          + " WHEN EXISTS (SELECT 1 FROM hold WHERE no = OLD.session_no AND seq = OLD.seq)"
          + " BEGIN SELECT "
          + raise
          + "; END";
    }
  }

  @BeforeEach
  void open() {
    belay = store.belay();
    sessions = belay.sessions();
  }

  private void reopen() {
    belay = store.reopen();
    sessions = belay.sessions();
  }

  @Test
  void what_a_killed_process_left_goes_with_the_first_write_of_the_next() {
    make("s", 600, 3);
    leave("s");
    belay.close();
    reopen();

    sessions.commit(SessionCommit.to("other", 0)).orThrow();

    awaitNone();
  }

  @Test
  void what_another_process_left_goes_with_a_later_write_of_this_one() {
    make("s", 600, 3);
    sessions.commit(SessionCommit.to("other", 0)).orThrow();
    leave("s");

    Patience patience = Patience.begin();
    while (rows() > 0) {
      sessions.commit(SessionCommit.to("other")).orThrow();
      patience.check(() -> "nothing is freed");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @Test
  void every_writing_verb_of_sessions_frees_what_was_left() {
    List<Runnable> verbs =
        List.of(
            () -> sessions.commit(SessionCommit.to("other")),
            () -> sessions.commit(SessionCommit.to("other", 77)),
            () -> sessions.delete("unknown"),
            () -> sessions.clear("unknown"),
            () -> sessions.forgetOperations("unknown", ManualClock.START),
            () -> belay.useWrite(tx -> sessions.commit(tx, SessionCommit.to("other"))));
    for (int i = 0; i < verbs.size(); i++) {
      make("s" + i, 20, 1);
      leave("s" + i);
      belay.close();
      reopen();

      verbs.get(i).run();

      awaitNone();
    }
  }

  @Test
  void closing_waits_for_what_is_being_freed() {
    make("s", 20_000, 0);

    sessions.delete("s");
    belay.close();

    assertThat(rows()).isZero();
    assertThat(unfreed()).isZero();
    reopen();
  }

  @Test
  void a_hook_that_blocks_delays_nothing() throws Exception {
    make("s", 10, 1);
    CountDownLatch end = new CountDownLatch(1);
    try {
      belay.useWrite(
          tx -> {
            tx.afterCommit(
                () -> {
                  try {
                    Patience.await(end);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
            sessions.delete(tx, "s");
          });

      awaitNone();
    } finally {
      end.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource(Hold.class)
  void a_row_that_cannot_go_is_named_and_hinders_no_other(Hold hold) throws Exception {
    for (int i = 0; i < 4; i++) {
      make("s" + i, 700, 2);
    }
    belay.close();
    store.execute(hold.table);
    if (!hold.trigger.isEmpty()) {
      assumeTrue(store.form() == SqliteEngine.FILE, "elsewhere a trigger's condition has no query");
      store.execute(hold.trigger);
    }
    store.execute("INSERT INTO hold VALUES (1, 5), (1, 6), (1, 600), (3, 1), (3, 700)");
    reopen();
    try (LogProbe log = LogProbe.recording()) {
      for (int i = 0; i < 4; i++) {
        sessions.delete("s" + i);
      }

      await("5", EVENTS);
      awaitUnfreedUnder("the next hour", "due_ms > 0");
      assertThat(rows()).isEqualTo(5);
      Patience.until(
          "the last warning",
          () -> log.warnings().stream().anyMatch(line -> line.contains("event 700")));
      assertThat(log.warnings())
          .anyMatch(line -> line.contains("session 's0'") && line.contains("event 5"))
          .anyMatch(line -> line.contains("session 's2'") && line.contains("event 700"))
          .noneMatch(line -> line.contains("session 's1'") || line.contains("session 's3'"));
    }
    // nothing goes now, and the call that says so ends
    assertThat(sessions.free(1_000)).isZero();
    store.execute("DELETE FROM hold WHERE no = 1");

    assertThat(freeAll(2)).isEqualTo(3);
    store.execute("DELETE FROM hold");
    clock.advance(Duration.ofHours(2));
    sessions.delete("unknown");
    Patience patience = Patience.begin();
    while (rows() > 0) {
      sessions.commit(SessionCommit.to("other")).orThrow();
      patience.check(() -> "it is not tried again");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    awaitNone();
  }

  @Test
  void hundreds_of_rows_that_cannot_go_hinder_none_behind_them() throws Exception {
    int held = store.form().writersAtOnce() == 1 ? 1_100 : 200; // each is a transaction of a server
    make("s", 1_500, 0);
    belay.close();
    store.execute(Hold.FOREIGN_KEY.table);
    store.execute(
        "INSERT INTO hold SELECT session_no, seq FROM belay_session_event WHERE seq <= " + held);
    reopen();

    sessions.delete("s");

    await(Integer.toString(held), EVENTS);
  }

  @Test
  void a_receipt_or_a_state_that_cannot_go_hinders_no_other() throws Exception {
    for (int i = 0; i < 3; i++) {
      make("s" + i, 3, 3);
    }
    belay.close();
    store.execute(
        "CREATE TABLE held_receipt (no BIGINT, id TEXT, FOREIGN KEY (no, id)"
            + " REFERENCES belay_session_receipt (session_no, operation_id))",
        "INSERT INTO held_receipt VALUES (1, 'op1')",
        "CREATE TABLE held_state (no BIGINT REFERENCES belay_session_state (session_no))",
        "INSERT INTO held_state VALUES (2)");
    reopen();
    try (LogProbe log = LogProbe.recording()) {
      for (int i = 0; i < 3; i++) {
        sessions.delete("s" + i);
      }

      await(
          "1 1 0",
          "SELECT (SELECT count(*) FROM belay_session_receipt) || ' ' ||"
              + " (SELECT count(*) FROM belay_session_state) || ' ' || ("
              + EVENTS
              + ")");
      awaitUnfreedUnder("the next hour", "due_ms > 0");
      for (String named : List.of("session 's0': operation op1", "session 's1': its state")) {
        Patience.until(named, () -> log.warnings().stream().anyMatch(line -> line.contains(named)));
      }
    }
  }

  @Test
  void free_returns_how_many_rows_went_and_zero_when_none_is_left() {
    make("s", 1_200, 2);
    make("t", 3, 0);
    leave("s");
    leave("t");

    assertThat(sessions.free(1)).isEqualTo(1);
    assertThat(sessions.free(700)).isEqualTo(700);
    assertThat(freeAll(100)).isEqualTo(1_200 + 2 + 1 + 3 + 1 - 701);
    assertThat(sessions.free(100)).isZero();
  }

  @Test
  void free_in_a_transaction_of_the_callers_is_part_of_it() {
    make("s", 20, 0);
    leave("s");

    int undone = belay.tx().writeFlow(tx -> TxOutcome.rollback(sessions.free(tx, 5)));
    assertThat(undone).isEqualTo(5);
    assertThat(rows()).isEqualTo(21);

    int freed = belay.tx().<Integer, RuntimeException>write(tx -> sessions.free(tx, 5));
    assertThat(freed).isEqualTo(5);
    assertThat(rows()).isEqualTo(16);
  }

  @Test
  void one_transaction_frees_a_bounded_number_of_rows_and_bytes() {
    String large = "x".repeat(3 * 1024 * 1024);
    String huge = "x".repeat(9 * 1024 * 1024);
    List<NewEvent> events = new ArrayList<>();
    for (String payload : List.of(large, large, large, huge, large)) {
      events.add(NewEvent.of("message", payload));
    }
    sessions.commit(SessionCommit.to("s", 0).append(events)).orThrow();
    make("t", 1_200, 700);
    leave("s");
    leave("t");

    List<Integer> batches = new ArrayList<>();
    int freed;
    do {
      freed = belay.tx().<Integer, RuntimeException>write(tx -> sessions.free(tx, 1_000_000));
      batches.add(freed);
    } while (freed > 0);

    assertThat(batches).startsWith(2, 1, 1);
    assertThat(batches).allMatch(rows -> rows <= Freeing.ROWS_MAX);
    assertThat(rows()).isZero();
  }

  @Test
  void one_transaction_passes_a_bounded_number_of_sessions_that_have_no_rows_left() {
    make("last", 1, 0);
    for (int i = 0; i < 20; i++) {
      make("s" + i, 1, 0);
    }
    for (int i = 0; i < 20; i++) {
      leave("s" + i);
    }
    leave("last");
    belay.useWrite(
        tx -> {
          tx.handle().execute("DELETE FROM belay_session_event WHERE session_no > 1");
          tx.handle().execute("DELETE FROM belay_session_state WHERE session_no > 1");
          tx.handle().execute("UPDATE belay_session_unfreed SET due_ms = 1 WHERE session_no = 1");
        });

    belay.useWrite(tx -> new FreeStep(tx, 5, 1).free());

    assertThat(unfreed()).isEqualTo(21 - 5);
    assertThat(freeAll(1)).isEqualTo(2);
    assertThat(unfreed()).isZero();
  }

  @Test
  void to_free_less_than_one_row_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> sessions.free(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> belay.useWrite(tx -> sessions.free(tx, -1)));
  }

  @Test
  void a_failure_of_the_store_is_told_and_made_good() throws Exception {
    make("s", 3, 0);
    for (String change : List.of("UPDATE", "DELETE")) {
      store.refuse(change, "belay_session_unfreed", "OLD.due_ms IS NOT NULL");
    }
    try (LogProbe log = LogProbe.recording()) {
      sessions.delete("s");
      Patience.until("a warning", () -> !log.warnings().isEmpty());
      assertThat(log.warnings()).anyMatch(line -> line.contains("could not be freed"));
    }
    store.refuseNoMore("UPDATE", "belay_session_unfreed");
    store.refuseNoMore("DELETE", "belay_session_unfreed");

    assertThat(freeAll(10)).isEqualTo(4);
  }

  @Test
  void rows_that_a_cleared_session_has_got_since_stay() {
    make("s", 600, 600);
    belay.useWrite(
        tx -> {
          UnfreedDao dao = tx.attach(UnfreedDao.class);
          dao.clear("s", 1).ifPresent(dao::note);
        });
    make("s", 7, 3);

    freeAll(100);

    assertThat(unfreed()).isZero();
    assertThat(sessions.history("s")).hasSize(7);
    assertThat(rows()).isEqualTo(7 + 3 + 1);
    assertThat(sessions.commit(SessionCommit.to("s").operation("op2")).orThrow().replayed())
        .isTrue();
  }

  private int freeAll(int rowsMax) {
    int all = 0;
    int freed;
    do {
      freed = sessions.free(rowsMax);
      all += freed;
    } while (freed > 0);
    return all;
  }

  /** What a process does that is killed right after the commit of a deletion. */
  private void leave(String id) {
    belay.useWrite(
        tx ->
            tx.attach(UnfreedDao.class)
                .burn(id, 1)
                .ifPresent(no -> tx.attach(UnfreedDao.class).note(no)));
  }

  private void make(String id, int events, int receipts) {
    List<NewEvent> all = new ArrayList<>();
    for (int i = 1; i <= events; i++) {
      all.add(NewEvent.of("message", "event " + i).withId("e" + i));
    }
    sessions.commit(SessionCommit.to(id, 0).append(all).state("x")).orThrow();
    belay.useWrite(
        tx -> {
          for (int i = 0; i < receipts; i++) {
            sessions.commit(tx, SessionCommit.to(id).operation("op" + i)).orThrow();
          }
        });
  }

  private void awaitNone() {
    await("0", "SELECT " + rowsOf());
    awaitUnfreedUnder("nothing", "1");
  }

  private void awaitUnfreedUnder(String when, String condition) {
    Patience patience = Patience.begin();
    String all = "SELECT count(*) FROM belay_session_unfreed WHERE NOT (" + condition + ")";
    String none = "1".equals(condition) ? "SELECT count(*) FROM belay_session_unfreed" : all;
    while (!one(none).equals("0")) {
      patience.check(() -> "sessions are noted other than for " + when);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  private void await(String expected, String query) {
    Patience patience = Patience.begin();
    for (String found = one(query); !found.equals(expected); found = one(query)) {
      String present = found;
      patience.check(() -> query + " is " + present + ", not " + expected);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  private String one(String query) {
    return store.rows(query).get(0);
  }

  private static String rowsOf() {
    return "(SELECT count(*) FROM belay_session_event)"
        + " + (SELECT count(*) FROM belay_session_receipt)"
        + " + (SELECT count(*) FROM belay_session_state)";
  }

  private long rows() {
    return Long.parseLong(one("SELECT " + rowsOf()));
  }

  private long unfreed() {
    return Long.parseLong(one("SELECT count(*) FROM belay_session_unfreed"));
  }
}

package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.store.TxOutcome;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deleted id is burnt at once, its rows go by and by. */
class DeletionTest {
  @TempDir Path dir;
  private Path file;
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    file = dir.resolve("belay.db");
    belay = Belay.open(file, TestOptions.defaults());
    sessions = belay.sessions();
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Test
  void a_deleted_session_is_unknown_to_readers() {
    make("s", 3, 1);

    assertThat(sessions.delete("s")).isTrue();

    assertThat(sessions.find("s")).isEmpty();
    assertThat(sessions.load("s")).isEmpty();
    assertThat(sessions.history("s")).isEmpty();
    assertThat(sessions.events("s", 0, 10)).isEmpty();
    assertThat(sessions.eventById("s", "e1")).isEmpty();
    assertThat(sessions.list(null, 10)).isEmpty();
  }

  @Test
  void readers_know_nothing_of_it_while_its_rows_are_still_there() throws SQLException {
    make("s", 3, 1);

    belay.tx().useWrite(tx -> tx.attach(SessionDao.class).burn("s", 1));

    assertThat(rows()).isPositive();
    assertThat(sessions.find("s")).isEmpty();
    assertThat(sessions.history("s")).isEmpty();
    assertThat(sessions.events("s", 0, 10)).isEmpty();
    assertThat(sessions.eventById("s", "e1")).isEmpty();
    assertThat(sessions.list(null, 10)).isEmpty();
  }

  @Test
  void its_id_is_never_usable_again() {
    make("s", 1, 1);
    sessions.delete("s");
    belay.close();
    open();

    assertThat(sessions.commit(SessionCommit.to("s", 0))).isEqualTo(new SessionDeleted("s"));
    assertThat(sessions.commit(SessionCommit.to("s", 1))).isEqualTo(new SessionDeleted("s"));
    assertThat(sessions.commit(SessionCommit.to("s", 0).operation("op0")))
        .isEqualTo(new SessionDeleted("s"));
  }

  @Test
  void only_the_first_deletion_says_true() {
    make("s", 1, 0);

    assertThat(sessions.delete("s")).isTrue();
    assertThat(sessions.delete("s")).isFalse();
  }

  @Test
  void an_unknown_id_is_not_burnt() {
    assertThat(sessions.delete("s")).isFalse();
    assertThat(sessions.commit(SessionCommit.to("s", 0)).committed()).isPresent();
  }

  @Test
  void a_deletion_that_is_rolled_back_has_not_happened() {
    make("s", 3, 0);

    boolean deleted = belay.tx().writeFlow(tx -> TxOutcome.rollback(sessions.delete(tx, "s")));

    assertThat(deleted).isTrue();
    assertThat(sessions.history("s")).hasSize(3);
    assertThat(sessions.delete("s")).isTrue();
  }

  @Test
  void its_rows_are_freed_and_no_others() throws SQLException {
    make("s", 1_200, 3);
    make("t", 5, 2);
    long others = rows() - 1_200 - 3 - 1;

    sessions.delete("s");

    awaitRows(others);
    assertThat(sessions.history("t")).hasSize(5);
    assertThat(unfreed()).isZero();
  }

  @Test
  void one_write_frees_a_bounded_number_of_rows() throws SQLException {
    make("s", 1_200, 700);
    belay.tx().useWrite(tx -> tx.attach(SessionDao.class).burn("s", 1));

    List<Long> batches = freeInBatches();

    assertThat(batches).allMatch(rows -> rows <= DeletedSessions.ROWS_MAX + 1);
    assertThat(batches).hasSize(4);
    assertThat(rows()).isZero();
  }

  @Test
  void one_write_frees_a_bounded_number_of_bytes() throws SQLException {
    String large = "x".repeat(3 * 1024 * 1024);
    String huge = "x".repeat(9 * 1024 * 1024);
    List<NewEvent> events = new ArrayList<>();
    for (String payload : List.of(large, large, large, huge, large)) {
      events.add(NewEvent.of("message", payload));
    }
    sessions.commit(SessionCommit.to("s", 0).append(events)).orThrow();
    belay.tx().useWrite(tx -> tx.attach(SessionDao.class).burn("s", 1));

    assertThat(freeInBatches()).containsExactly(2L, 1L, 1L, 1L);
  }

  @Test
  void what_a_crash_left_behind_goes_with_the_next_deletion() throws SQLException {
    make("s", 600, 1);
    make("t", 1, 0);
    belay.tx().useWrite(tx -> tx.attach(SessionDao.class).burn("s", 1));
    belay.close();
    open();

    sessions.delete("t");

    awaitRows(0);
    assertThat(unfreed()).isZero();
  }

  @Test
  void closing_in_the_middle_loses_nothing() throws SQLException {
    make("s", 5_000, 0);
    make("t", 1, 0);
    sessions.delete("s");
    belay.close();
    open();

    sessions.delete("t");

    awaitRows(0);
  }

  @Test
  void a_batch_that_fails_is_told_and_made_good_by_the_next_deletion() throws Exception {
    make("s", 3, 0);
    make("t", 1, 0);
    PlainSqlite.execute(
        file,
        "CREATE TRIGGER refuse BEFORE DELETE ON belay_session_event"
            + " BEGIN SELECT RAISE(ABORT, 'not now'); END");
    BlockingQueue<LogRecord> told = new LinkedBlockingQueue<>();
    Handler handler = new QueueHandler(told);
    Logger logger = Logger.getLogger(DeletedSessions.class.getName());
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    try {
      sessions.delete("s");
      LogRecord warning = Patience.take(told);
      assertThat(warning).isNotNull();
      assertThat(warning.getLevel()).isEqualTo(Level.WARNING);
      assertThat(warning.getMessage()).contains("deleted sessions keep their rows");
      PlainSqlite.execute(file, "DROP TRIGGER refuse");

      sessions.delete("t");

      awaitRows(0);
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
  }

  private List<Long> freeInBatches() throws SQLException {
    List<Long> batches = new ArrayList<>();
    long before = rows();
    while (belay.tx().write(DeletedSessions::freeBatch)) {
      long after = rows();
      batches.add(before - after);
      before = after;
    }
    return batches;
  }

  private void make(String id, int events, int receipts) {
    List<NewEvent> all = new ArrayList<>();
    for (int i = 1; i <= events; i++) {
      all.add(NewEvent.of("message", "event " + i).withId("e" + i));
    }
    sessions.commit(SessionCommit.to(id, 0).append(all).state("x")).orThrow();
    belay
        .tx()
        .useWrite(
            tx -> {
              for (int i = 0; i < receipts; i++) {
                sessions.commit(tx, SessionCommit.to(id, i + 1).operation("op" + i)).orThrow();
              }
            });
  }

  private void awaitRows(long expected) throws SQLException {
    Patience patience = Patience.begin();
    for (long left = rows(); left != expected; left = rows()) {
      long present = left;
      patience.check(() -> "rows left: " + present);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  /** Rows that hang on sessions. */
  private long rows() throws SQLException {
    return Long.parseLong(
        PlainSqlite.row(
            file,
            "SELECT (SELECT count(*) FROM belay_session_event)"
                + " + (SELECT count(*) FROM belay_session_receipt)"
                + " + (SELECT count(*) FROM belay_session_state)"));
  }

  private long unfreed() throws SQLException {
    return Long.parseLong(
        PlainSqlite.row(
            file,
            "SELECT count(*) FROM belay_session"
                + " WHERE deleted_at_ms IS NOT NULL AND freed_at_ms IS NULL"));
  }

  private static final class QueueHandler extends Handler {
    private final BlockingQueue<LogRecord> records;

    QueueHandler(BlockingQueue<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord record) {
      records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}

package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.engine.line.Threads;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConnection;

/** The log is moved into the database beside the writer, and stays bounded. */
class CheckpointerTest {
  private static final long PAGE_BYTES = 4_096;
  private static final String PAGES = "x".repeat(3 * (int) PAGE_BYTES);

  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void name() {
    file = dir.resolve("belay.db");
  }

  @Test
  void what_has_been_committed_is_moved_beside_the_writer() throws Exception {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      SqliteNotes.create(belay);
      int written = 0;
      while (frames("log") < WalLimits.DEFAULT.beside() / PAGE_BYTES) {
        written = write(belay, written, 32);
      }
      write(belay, written, 32); // now and then the writer looks
      // or all has been moved, and the log has begun anew
      await(() -> frames("moved") > 0 || frames("log") < WalLimits.DEFAULT.beside() / PAGE_BYTES);
      // not by the writer, which is not there yet
      assertThat(frames("log")).isLessThan(WalLimits.DEFAULT.writer() / PAGE_BYTES);
    }
  }

  @Test
  void the_log_stays_bounded_while_somebody_always_reads_an_old_state() throws Exception {
    // The reader moves on without a pause: there is no instant at which nobody reads the log.
    WalLimits limits = WalLimits.ofPages(50, 20, 100, 200, 400);
    AtomicBoolean over = new AtomicBoolean();
    try (Connection writer = PlainSqlite.connect(file);
        Connection reader = PlainSqlite.connect(file)) {
      PlainSqlite.execute(
          writer,
          "PRAGMA journal_mode = WAL",
          "PRAGMA busy_timeout = 15000",
          "PRAGMA wal_autocheckpoint = " + limits.writerPages((int) PAGE_BYTES),
          "CREATE TABLE note (text TEXT)");
      CompletableFuture<Void> reading =
          CompletableFuture.runAsync(() -> read(reader, over), LaterThreads.EACH);
      // While this writer waits for the log, the other gets no further than this ahead of it.
      Semaphore rows = new Semaphore((int) (limits.restart() / PAGE_BYTES));
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(() -> writeToo(rows, over), LaterThreads.EACH);
      PreparedStatement ask = writer.prepareStatement(WalLength.ASK);
      Checkpointer checkpointer =
          new Checkpointer(
              "test",
              limits,
              15_000,
              () -> (SQLiteConnection) PlainSqlite.connect(file),
              Threads::daemon,
              null);
      long longest = 0;
      try {
        for (int i = 0; i < 3_000; i++) {
          PlainSqlite.execute(writer, "INSERT INTO note VALUES ('" + PAGES + "')");
          rows.release();
          WalLength length = WalLength.of(ask);
          longest = Math.max(longest, length.bytes());
          boolean unused = checkpointer.checkLength(length);
        }
      } finally {
        checkpointer.close();
        over.set(true);
        Patience.get(reading);
        Patience.get(writing);
      }
      // 4 pages a row were written: 12,000, and as many by the other. How far they get while the
      // log waits for a reader is for the machine to say: half of it, which a loaded machine does
      // not
      // reach; without a restart it is all of it.
      assertThat(longest).isGreaterThan(limits.writer()).isLessThan(30L * limits.restart());
    }
  }

  /** Another program, which knows nothing of a checkpointer. */
  private void writeToo(Semaphore rows, AtomicBoolean over) {
    try (Connection other = PlainSqlite.connect(file)) {
      PlainSqlite.execute(other, "PRAGMA busy_timeout = 15000");
      while (!over.get()) {
        if (rows.tryAcquire()) {
          PlainSqlite.execute(other, "INSERT INTO note VALUES ('" + PAGES + "')");
        }
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(100));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void read(Connection reader, AtomicBoolean over) {
    try {
      while (!over.get()) {
        PlainSqlite.execute(reader, "BEGIN", "SELECT count(*) FROM note");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20)); // how long it reads
        PlainSqlite.execute(reader, "ROLLBACK");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_checkpoint_that_found_another_under_way_tells_nothing() {
    // Both numbers are -1 then: read as "nothing is left", the log would be taken for moved.
    assertThat(new WalLength(true, -1, -1, 4_096).unmovedBytes()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void the_log_has_the_same_bounds_in_bytes_whatever_a_page_is() throws Exception {
    PlainSqlite.execute(file, "PRAGMA page_size = 65536", "CREATE TABLE note (text TEXT)");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      belay.useWrite(
          tx ->
              assertThat(
                      tx.handle().createQuery("PRAGMA wal_autocheckpoint").mapTo(Long.class).one())
                  .isEqualTo(WalLimits.DEFAULT.writer() / 65_536));
      long longest = 0;
      for (int written = 0; written < 1_000; written += 8) {
        for (int i = 0; i < 8; i++) {
          belay.useWrite(tx -> Notes.add(tx, PAGES));
        }
        longest = Math.max(longest, frames("log"));
      }
      // 2,000 pages were written; counted as pages of 4 KiB they would all be in the log
      assertThat(longest * 65_536).isLessThan(2 * WalLimits.DEFAULT.stop());
    }
  }

  @Test
  void a_restart_of_the_log_refuses_no_write_of_its_own_store() throws Exception {
    WalLimits limits = WalLimits.ofPages(50, 20, 100, 200, 400);
    PlainSqlite.execute(file, "PRAGMA journal_mode = WAL", "CREATE TABLE note (text TEXT)");
    Checkpointer checkpointer =
        new Checkpointer(
            "test",
            limits,
            0,
            () -> (SQLiteConnection) PlainSqlite.connect(file),
            Threads::daemon,
            null);
    AtomicBoolean over = new AtomicBoolean();
    try (Connection writer = PlainSqlite.connect(file);
        Connection reader = PlainSqlite.connect(file)) {
      PlainSqlite.execute(writer, "PRAGMA busy_timeout = 0", "PRAGMA wal_autocheckpoint = 0");
      CompletableFuture<Void> reading =
          CompletableFuture.runAsync(() -> read(reader, over), LaterThreads.EACH);
      PreparedStatement ask = writer.prepareStatement(WalLength.ASK);
      try {
        for (int i = 0; i < 3_000; i++) {
          checkpointer.writing().lock();
          try {
            PlainSqlite.execute(writer, "INSERT INTO note VALUES ('" + PAGES + "')");
          } finally {
            checkpointer.writing().unlock();
          }
          boolean unused = checkpointer.checkLength(WalLength.of(ask));
        }
      } finally {
        checkpointer.close();
        over.set(true);
        Patience.get(reading);
      }
    }
  }

  @Test
  void a_statement_of_a_call_outwaits_a_checkpoint_of_its_store_and_others_for_the_busy_timeout()
      throws Exception {
    PlainSqlite.execute(file, "PRAGMA journal_mode = WAL", "CREATE TABLE note (text TEXT)");
    AtomicBoolean ownCheckpoint = new AtomicBoolean(true);
    AtomicInteger waits = new AtomicInteger();
    try (Connection calling = PlainSqlite.connect(file);
        Connection other = PlainSqlite.connect(file)) {
      BusyHandler.setHandler(calling, new CallWait(0, () -> asked(ownCheckpoint, waits)));
      PlainSqlite.execute(other, "BEGIN IMMEDIATE");
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  PlainSqlite.execute(calling, "INSERT INTO note VALUES ('waits')");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              },
              LaterThreads.EACH);
      Patience.until("it has waited often", () -> waits.get() > 100);
      assertThat(writing).isNotDone();
      ownCheckpoint.set(false);
      assertThatThrownBy(() -> Patience.get(writing)).hasStackTraceContaining("SQLITE_BUSY");
      PlainSqlite.execute(other, "ROLLBACK");
    }
  }

  private static boolean asked(AtomicBoolean ownCheckpoint, AtomicInteger waits) {
    boolean own = ownCheckpoint.get();
    if (own) {
      waits.incrementAndGet();
    }
    return own;
  }

  @Test
  void what_fails_is_tried_again_when_it_is_asked_for_again() throws Exception {
    WalLimits limits = WalLimits.ofPages(1, 1, 1_000, 2_000, 4_000);
    AtomicInteger opened = new AtomicInteger();
    PlainSqlite.execute(file, "PRAGMA journal_mode = WAL");
    try (Connection writer = PlainSqlite.connect(file)) {
      PlainSqlite.execute(writer, "CREATE TABLE note (text TEXT)");
      Checkpointer checkpointer =
          new Checkpointer(
              "test",
              limits,
              15_000,
              () -> {
                if (opened.incrementAndGet() == 1) {
                  throw new IllegalStateException("not an exception of SQLite");
                }
                return (SQLiteConnection) PlainSqlite.connect(file);
              },
              Threads::daemon,
              null);
      try {
        await(
            () -> {
              boolean unused =
                  checkpointer.checkLength(new WalLength(false, 10, 0, (int) PAGE_BYTES));
              return frames("moved") > 0;
            });
      } finally {
        checkpointer.close();
      }
    }
  }

  @Test
  void closing_ends_its_thread() throws Exception {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      SqliteNotes.create(belay);
      int written = 0;
      while (frames("moved") == 0) {
        written = write(belay, written, 64);
      }
      assertThat(isRunning()).isTrue();
    }
    assertThat(isRunning()).isFalse();
  }

  private static boolean isRunning() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("belay-checkpoint"));
  }

  private static int write(Belay belay, int from, int count) {
    for (int i = from; i < from + count; i++) {
      String text = i + PAGES;
      belay.useWrite(tx -> Notes.add(tx, text));
    }
    return from + count;
  }

  /** Asks SQLite, which moves nothing for it. */
  private long frames(String which) {
    try {
      String[] row = PlainSqlite.row(file, "PRAGMA wal_checkpoint(NOOP)").split(" ", -1);
      return Long.parseLong(row[which.equals("log") ? 1 : 2]);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    Patience.until("the log is moved", condition);
  }
}

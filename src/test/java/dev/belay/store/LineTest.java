package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.Standstill;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Waiting in line and for the lock of others: how it ends by time-out and luck. */
@NullUnmarked // each test opens with the patience it needs
class LineTest {
  /** So many that waiting a second one after another is far from waiting together. */
  private static final int CALLERS = 240;

  private static final Duration ONE_AFTER_ANOTHER = Duration.ofSeconds(CALLERS);

  private static final long SIX_BUSY_TIMEOUTS_MS = 300;

  @RegisterExtension final StoreExtension store = StoreExtension.on(SqliteEngine.FILE);
  private Belay belay;
  private Path file;

  private void open(Duration busyTimeout) {
    open(options -> options.withBusyTimeout(busyTimeout));
  }

  private void open(UnaryOperator<BelayOptions> change) {
    file = Path.of(store.address());
    belay = store.reopen(change);
    SqliteNotes.create(belay);
  }

  @Test
  void without_patience_a_held_lock_is_busy_at_once() throws Exception {
    open(Duration.ZERO);
    try (Connection other = locked()) {
      Throwable caught = catchThrowable(() -> belay.useWrite(tx -> Notes.add(tx, "never")));
      assertThat(caught).isInstanceOf(StoreBusyException.class).hasMessageContaining("store.db");
      assertThat(((StoreException) caught).isRetryable()).isTrue();
      PlainSqlite.execute(other, "COMMIT");
    }
    belay.useWrite(tx -> Notes.add(tx, "a"));
    assertThat(Notes.all(belay)).containsExactly("a");
  }

  @Test
  void every_caller_in_line_waits_for_the_lock_no_longer_than_its_time() throws Exception {
    open(Duration.ofSeconds(1));
    try (Connection other = locked()) {
      long start = System.nanoTime();
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        answers.add(belay.tx().writeAsync(tx -> 1));
      }
      for (CompletableFuture<Integer> answer : answers) {
        assertThat(catchThrowable(() -> Patience.get(answer)))
            .hasCauseInstanceOf(StoreBusyException.class);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofSeconds(1), ONE_AFTER_ANOTHER.dividedBy(2));
      PlainSqlite.execute(other, "COMMIT");
    }
  }

  @Test
  void bodies_that_run_again_wait_for_the_lock_no_longer_than_their_time() throws Exception {
    open(Duration.ofSeconds(1));
    AtomicReference<Connection> other = new AtomicReference<>();
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    CompletableFuture<Integer> culprit;
    AtomicBoolean stop = new AtomicBoolean();
    Thread rival =
        new Thread(
            () -> {
              // takes the lock in the moment in which the group is undone
              while (other.get() == null && !stop.get()) {
                try {
                  other.set(locked());
                } catch (SQLException e) {
                  Thread.onSpinWait();
                }
              }
            });
    long start;
    try (Standstill standstill = Standstill.of(belay.tx())) {
      for (int i = 0; i < CALLERS; i++) {
        String text = "text " + i;
        answers.add(
            belay
                .tx()
                .writeAsync(
                    tx -> {
                      Notes.add(tx, text);
                      return 1;
                    }));
      }
      culprit =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    Notes.add(tx, "culprit");
                    rival.start();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                    throw new IllegalStateException("culprit");
                  });
      start = System.nanoTime();
      standstill.end();
    }
    int busy = 0;
    for (CompletableFuture<Integer> answer : answers) {
      Throwable caught = catchThrowable(() -> Patience.get(answer));
      if (caught != null) {
        assertThat(caught).hasCauseInstanceOf(StoreBusyException.class);
        busy++;
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    stop.set(true);
    rival.join();
    if (other.get() != null) {
      other.get().close();
    }

    assertThat(catchThrowable(culprit::join)).hasMessageContaining("culprit");
    assertThat(took).as("%s of %s busy", busy, CALLERS).isLessThan(ONE_AFTER_ANOTHER.dividedBy(2));
    assertThat(Notes.all(belay)).hasSize(CALLERS - busy);
  }

  @Test
  void waiting_behind_local_work_never_times_out() throws Exception {
    open(Duration.ofMillis(50));
    CompletableFuture<Integer> waiting;
    try (Standstill standstill = Standstill.of(belay.tx())) {
      waiting = belay.tx().writeAsync(tx -> 1);
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> waiting.get(SIX_BUSY_TIMEOUTS_MS, TimeUnit.MILLISECONDS));
      standstill.end();
    }
    assertThat(Patience.get(waiting)).isEqualTo(1);
  }

  @Test
  void the_time_is_read_once_the_lock_is_held() throws Exception {
    ManualClock clock = new ManualClock();
    open(options -> options.withClock(clock));
    CompletableFuture<Instant> now;
    try (Connection other = locked()) {
      now = belay.tx().writeAsync(Tx::now);
      clock.advance(Duration.ofSeconds(10));
      PlainSqlite.execute(other, "COMMIT");
    }
    assertThat(Patience.get(now)).isEqualTo(clock.instant());
  }

  @Test
  void virtual_threads_may_call_every_verb() throws Exception {
    open(Patience.LIMIT);
    assumeTrue(Runtime.version().feature() >= 21, "a JDK with virtual threads");
    AtomicReference<Throwable> caught = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String text = "text " + i;
      Runnable run =
          () -> {
            try {
              belay.useWrite(tx -> Notes.add(tx, text));
              belay.useRead(tx -> assertThat(Notes.all(tx)).contains(text));
              belay.tx().call(tx -> 1);
            } catch (Throwable e) {
              caught.set(e);
            }
          };
      threads.add(
          (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, run));
    }
    for (Thread thread : threads) {
      Patience.join(thread);
    }
    assertThat(caught.get()).isNull();
    assertThat(Notes.all(belay)).hasSize(50);
  }

  private Connection locked() throws SQLException {
    Connection other = PlainSqlite.connect(file);
    PlainSqlite.execute(other, "PRAGMA busy_timeout = 0");
    try {
      PlainSqlite.execute(other, "BEGIN IMMEDIATE");
    } catch (SQLException e) {
      other.close();
      throw e;
    }
    return other;
  }
}

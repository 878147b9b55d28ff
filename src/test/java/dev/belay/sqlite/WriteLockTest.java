package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.store.StoreInterruptedException;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.Standstill;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: what waits for the lock of the file is ended by an interrupt, and not by time alone. */
@NullUnmarked // each test opens with the patience it needs
class WriteLockTest {
  @RegisterExtension final StoreExtension store = StoreExtension.on(SqliteEngine.FILE);
  private Belay belay;

  private void open(Duration busyTimeout) {
    belay = store.reopen(options -> options.withBusyTimeout(busyTimeout));
    store.createNotes();
  }

  @Test
  void an_interrupt_while_waiting_for_the_lock_withdraws_the_body() throws Exception {
    open(Patience.LIMIT);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread caller =
        new Thread(
            () -> {
              failure.set(catchThrowable(() -> belay.useWrite(tx -> Notes.add(tx, "never"))));
              flag.set(Thread.currentThread().isInterrupted());
            });
    try (Connection other = PlainSqlite.connect(Path.of(store.address()))) {
      PlainSqlite.execute(other, "BEGIN IMMEDIATE");
      caller.start();
      Patience.until(
          "the call waits",
          () ->
              caller.getState() == Thread.State.WAITING
                  || caller.getState() == Thread.State.TIMED_WAITING);
      caller.interrupt();
      Patience.join(caller);

      assertThat(failure.get()).isInstanceOf(StoreInterruptedException.class);
      assertThat(flag).isTrue();
      PlainSqlite.execute(other, "COMMIT");
    }
    assertThat(Notes.all(belay)).isEmpty();
    belay.useWrite(tx -> Notes.add(tx, "next"));
  }

  @Test
  void a_write_that_waits_for_a_call_which_holds_the_lock_does_not_time_out() throws Exception {
    open(Duration.ofMillis(400));
    try (LogProbe log = LogProbe.recording()) {
      writeBesideCall(log);
    }
  }

  private void writeBesideCall(LogProbe log) throws Exception {
    CountDownLatch holding = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Boolean> call =
        belay
            .tx()
            .callAsync(
                tx -> {
                  // one statement, so it holds the lock for as long as its row is in hand
                  var rows =
                      tx.handle()
                          .createQuery("INSERT INTO note (text) VALUES ('r'), ('s') RETURNING text")
                          .mapTo(String.class)
                          .iterator();
                  rows.next();
                  holding.countDown();
                  return end.await(Patience.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
                });
    Standstill.await(holding);
    CompletableFuture<Integer> write =
        belay
            .tx()
            .writeAsync(tx -> tx.handle().execute("INSERT INTO note (text) VALUES ('waited')"));
    // the warning comes once the write has waited for the busy timeout
    Patience.until("the wait is told of", () -> log.records() > 0);
    assertThat(write).isNotDone();
    end.countDown();

    assertThat(Patience.get(write)).isEqualTo(1);
    assertThat(Patience.get(call)).isTrue();
    assertThat(store.notes()).contains("waited");
  }
}

package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreBusyException;
import dev.belay.store.TxOutcome;
import dev.belay.testing.LockHolder;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: waiting for another process is bounded by the busy timeout and leaves nothing behind.
 *
 * <p>Method: a foreign program takes the write lock and says so; then this process writes.
 */
class LockWaitTest {
  private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(2);
  private static final SessionCommit FIRST =
      SessionCommit.to("run", 0).append(NewEvent.of("user", "hello"));

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.on(SqliteEngine.FILE).with(options -> options.withBusyTimeout(BUSY_TIMEOUT));

  private Path file;
  private Belay belay;

  @BeforeEach
  void open() {
    file = Path.of(store.address());
    belay = store.belay();
  }

  @Test
  void a_write_waits_for_the_lock_and_succeeds_once_it_is_free() throws Exception {
    belay = store.reopen(options -> options.withBusyTimeout(Patience.LIMIT));
    try (LockHolder other = LockHolder.writing(file)) {
      FutureTask<?> write = new FutureTask<>(() -> belay.sessions().commit(FIRST).orThrow());
      Thread caller = new Thread(write, "caller");
      caller.start();
      // On its way to the store it waits for a time for the lock alone.
      Patience.until(
          "the write waits for the lock", () -> caller.getState() == Thread.State.TIMED_WAITING);
      // Reads go on meanwhile, and find what was there before.
      assertThat(belay.sessions().find("run")).isEmpty();
      assertThat(write.isDone()).isFalse();

      other.release();

      Patience.get(write);
    }
    assertThat(belay.sessions().history("run")).hasSize(1);
  }

  @Test
  void a_write_gives_up_after_the_busy_timeout_and_has_written_nothing() {
    try (LockHolder other = LockHolder.writing(file)) {
      long startNs = System.nanoTime();
      StoreBusyException busy =
          catchThrowableOfType(StoreBusyException.class, () -> belay.sessions().commit(FIRST));
      Duration waited = Duration.ofNanos(System.nanoTime() - startNs);

      assertThat(busy).hasMessageContaining(file.toString());
      assertThat(busy.isRetryable()).isTrue();
      // How much later is for the machine to say; that it ends is what matters.
      assertThat(waited).isBetween(BUSY_TIMEOUT.multipliedBy(9).dividedBy(10), Patience.LIMIT);
      other.release();
    }
    assertThat(belay.sessions().find("run")).isEmpty();
    // The handle is as good as before: a retry is what the exception invites to.
    belay.sessions().commit(FIRST).orThrow();
  }

  @Test
  void every_writing_verb_waits_in_the_same_way() {
    try (LockHolder other = LockHolder.writing(file)) {
      List<CompletableFuture<?>> writes =
          List.of(
              belay.tx().writeAsync(tx -> belay.sessions().commit(tx, FIRST)),
              belay.tx().writeAsync(tx -> belay.sessions().delete(tx, "run")),
              belay.tx().writeFlowAsync(tx -> TxOutcome.rollback("never reached")),
              belay
                  .tx()
                  .writeFlowAsync(tx -> TxOutcome.commit(belay.sessions().commit(tx, FIRST))));
      for (CompletableFuture<?> write : writes) {
        assertThatThrownBy(() -> Patience.get(write))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(StoreBusyException.class);
      }
      other.release();
    }
    assertThat(belay.sessions().find("run")).isEmpty();
  }

  @Test
  void an_up_to_date_file_opens_while_another_process_holds_the_write_lock() {
    try (LockHolder other = LockHolder.writing(file);
        Belay second = Belay.open(file, TestOptions.defaults())) {
      assertThat(second.sessions().find("run")).isEmpty();
      other.release();
    }
  }
}

package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Renewal.Lost;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.testing.LockHolder;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The clock is read after the lock.
 *
 * <p>Goal: nothing is granted in the past. Method: another process holds the write lock; a verb
 * waits for it; meanwhile the clock moves past the lease's expiry; the lock is let go.
 */
class LeaseLockWaitTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.on(SqliteEngine.FILE)
          .withManualClock()
          .with(options -> options.withBusyTimeout(Patience.LIMIT));

  private final ManualClock clock = store.clock;
  private Path file;
  private Belay belay;
  private Lease lease;

  @BeforeEach
  void open_with_a_lease() {
    file = Path.of(store.address());
    belay = store.belay();
    lease = belay.leases().acquire("reindex", "a", TTL).granted().orElseThrow();
  }

  @Test
  void a_renewal_that_waited_past_the_expiry_is_lost() throws Exception {
    Renewal renewal = whileTheLeaseExpires(() -> belay.leases().renew(lease, TTL));

    assertThat(renewal).isEqualTo(new Lost());
  }

  @Test
  void a_release_that_waited_past_the_expiry_answers_false() throws Exception {
    assertThat(whileTheLeaseExpires(() -> belay.leases().release(lease))).isFalse();
  }

  @Test
  void a_lease_granted_after_a_wait_lasts_from_the_end_of_the_wait() throws Exception {
    Instant expiry = lease.expiresAt();

    Acquisition second = whileTheLeaseExpires(() -> belay.leases().acquire("reindex", "b", TTL));

    assertThat(((Granted) second).displaced()).isEqualTo(new Displaced("a", lease.token(), expiry));
    assertThat(((Granted) second).lease().acquiredAt()).isEqualTo(expiry);
    assertThat(((Granted) second).lease().expiresAt()).isEqualTo(expiry.plus(TTL));
  }

  private <T> T whileTheLeaseExpires(Callable<T> verb) throws Exception {
    FutureTask<T> task = new FutureTask<>(verb);
    try (LockHolder holder = LockHolder.writing(file)) {
      Thread caller = new Thread(task, "caller");
      caller.start();
      awaitWaiting(caller);
      clock.set(lease.expiresAt());
      holder.release();
      return Patience.get(task);
    }
  }

  /**
   * Until the caller waits for a time, which on its way to the store it does for the lock alone.
   */
  private static void awaitWaiting(Thread caller) {
    Patience.until("waits", () -> caller.getState() == Thread.State.TIMED_WAITING);
  }
}

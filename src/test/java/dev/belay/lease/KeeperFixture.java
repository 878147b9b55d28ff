package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.engine.Hold;
import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.kit.StoreExtension;
import dev.belay.store.StoreClosedException;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A lease to keep, and time, the clock and the keeper's thread in the hands of the test; what
 * fails, fails because another program has locked the lease.
 */
abstract class KeeperFixture {
  private static final int CALLBACK_THREADS = 4;

  static final Duration TTL = Duration.ofSeconds(30);
  static final Duration THIRD = TTL.dividedBy(Hold.RENEWALS_PER_TTL);
  static final Duration MARGIN = LeaseKeeper.MARGIN_MAX;
  static final Duration TICK = Duration.ofMillis(1);

  record Loss(Lease lease, String thread) {}

  final ManualClock clock = new ManualClock();
  final ManualTimer timer = new ManualTimer();
  final BlockingQueue<Loss> losses = new LinkedBlockingQueue<>();

  @RegisterExtension final StoreExtension store;

  Belay belay;
  StoreEngine engine;
  Leases leases;
  Lease lease;

  /** On each form. */
  KeeperFixture() {
    this(StoreExtension.onEachForm());
  }

  KeeperFixture(StoreExtension store) {
    this.store = store.with(options -> options.withClock(this.clock));
  }

  @BeforeEach
  void open_with_a_lease() {
    use(store.belay());
    lease = leases.acquire("reindex", "a", TTL).granted().orElseThrow();
  }

  private void use(Belay opened) {
    belay = opened;
    engine = (StoreEngine) belay.tx();
    leases = new Leases(engine, new TokenSpace(), timer);
  }

  LeaseKeeper keep() {
    return leases.keep(
        lease, TTL, lost -> losses.add(new Loss(lost, Thread.currentThread().getName())));
  }

  /**
   * Another program that has changed the lease and not committed that, so that no renewal or
   * release gets through until it is closed.
   */
  Connection locked() throws SQLException {
    Connection other = store.connect();
    other.setAutoCommit(false);
    try (Statement statement = other.createStatement()) {
      statement.execute("UPDATE belay_lease SET holder = 'other'");
    }
    return other;
  }

  void reopen(UnaryOperator<BelayOptions> change) {
    use(store.reopen(change));
  }

  /** Both clocks, as time does. */
  void pass(Duration duration) throws Exception {
    clock.advance(duration);
    timer.pass(duration);
  }

  Loss takeLoss() throws InterruptedException {
    return Patience.take(losses);
  }

  /** Waits until every callback that was handed in before has ended. */
  void awaitCallbacks() {
    CountDownLatch goOn = new CountDownLatch(1);
    blockCallbacks(goOn);
    goOn.countDown();
  }

  /** Occupies every callback thread until {@code goOn}; returns when none is left. */
  void blockCallbacks(CountDownLatch goOn) {
    CountDownLatch occupied = new CountDownLatch(CALLBACK_THREADS);
    for (int i = 0; i < CALLBACK_THREADS; i++) {
      engine
          .callbacks()
          .execute(
              () -> {
                occupied.countDown();
                await(goOn);
              });
    }
    await(occupied);
  }

  void awaitRefusal() {
    long end = System.nanoTime() + ChildJvm.PATIENCE.toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        var unused = belay.tx().readAsync(tx -> true);
        LockSupport.parkNanos(1_000_000);
      } catch (StoreClosedException e) {
        return;
      }
    }
    throw new AssertionError("the store goes on taking work");
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(ChildJvm.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.engine.Hold;
import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreClosedException;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A lease to keep, and time, the clock and the keeper's thread in the hands of the test; what
 * fails, fails because another connection holds the write lock.
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

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.on(SqliteEngine.FILE).with(options -> options.withClock(this.clock));

  Path file;
  Belay belay;
  StoreEngine engine;
  Leases leases;
  Lease lease;

  @BeforeEach
  void open_with_a_lease() {
    use(store.belay());
    lease = leases.acquire("reindex", "a", TTL).granted().orElseThrow();
  }

  private void use(Belay opened) {
    file = Path.of(store.address());
    belay = opened;
    engine = (StoreEngine) belay.tx();
    leases = new Leases(engine, new TokenSpace(), timer);
  }

  LeaseKeeper keep() {
    return leases.keep(
        lease, TTL, lost -> losses.add(new Loss(lost, Thread.currentThread().getName())));
  }

  /** Whether the renewal shares a transaction that began {@code ago} by the clock. */
  boolean renewInATransactionThatBegan(Duration ago, LeaseKeeper keeper) throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch sent = new CountDownLatch(1);
    CompletableFuture<Boolean> body =
        belay
            .tx()
            .writeAsync(
                tx -> {
                  began.countDown();
                  await(sent);
                  return true;
                });
    await(began);
    Instant then = clock.instant();
    clock.advance(ago);
    timer.pass(THIRD);
    sent.countDown();
    timer.answer();
    assertThat(Patience.get(body)).isTrue();
    return keeper.lease().expiresAt().equals(then.plus(TTL));
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

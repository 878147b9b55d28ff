package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.lease.Acquisition.Held;
import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreEngine;
import dev.belay.store.TokenSpace;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.ManualClock;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keeping a lease renewed.
 *
 * <p>Goal: a keeper never says that it holds what the store would give to somebody else, and tells
 * a loss once. Method: both clocks and the keeper's thread are in the test's hands; what fails,
 * fails because another connection holds the write lock.
 */
class LeaseKeeperTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration THIRD = TTL.dividedBy(LeaseKeeper.RENEWALS_PER_TTL);
  private static final Duration MARGIN = LeaseKeeper.MARGIN_MAX;
  private static final Duration TICK = Duration.ofMillis(1);

  private record Loss(Lease lease, String thread) {}

  private final ManualClock clock = new ManualClock();
  private final ManualTimer timer = new ManualTimer();
  private final BlockingQueue<Loss> losses = new LinkedBlockingQueue<>();
  @TempDir Path dir;
  private Path file;
  private Belay belay;
  private StoreEngine engine;
  private Leases leases;
  private Lease lease;

  @BeforeEach
  void open_with_a_lease() {
    open(BelayOptions.defaults().withClock(clock));
    lease = leases.acquire("reindex", "a", TTL).granted().orElseThrow();
  }

  private void open(BelayOptions options) {
    file = dir.resolve("belay.db");
    belay = Belay.open(file, options);
    engine = (StoreEngine) belay.tx();
    leases = new Leases(engine, new TokenSpace(), timer);
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Test
  void it_renews_at_once() {
    clock.advance(THIRD);

    LeaseKeeper keeper = keep();

    Lease renewed = leases.find("reindex").orElseThrow();
    assertThat(renewed.expiresAt()).isEqualTo(lease.expiresAt().plus(THIRD));
    assertThat(keeper.lease()).isEqualTo(renewed);
    assertThat(keeper.isHeld()).isTrue();
  }

  @Test
  void it_renews_every_third_of_the_ttl() throws Exception {
    LeaseKeeper keeper = keep();

    pass(THIRD.minus(TICK));
    assertThat(keeper.lease()).isEqualTo(lease);
    pass(TICK);
    timer.answer();
    assertThat(keeper.lease().expiresAt()).isEqualTo(lease.expiresAt().plus(THIRD));
    for (int i = 0; i < 10; i++) {
      pass(THIRD);
      timer.answer();
    }

    assertThat(keeper.isHeld()).isTrue();
    assertThat(leases.find("reindex")).contains(keeper.lease());
    assertThat(keeper.lease().token()).isEqualTo(lease.token());
    assertThat(losses).isEmpty();
  }

  @Test
  void by_the_stores_clock_it_holds_until_the_margin_before_expiry() {
    LeaseKeeper keeper = keep();

    clock.advance(TTL.minus(MARGIN).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    clock.advance(TICK);
    assertThat(keeper.isHeld()).isFalse();
    assertThat(leases.acquire("reindex", "b", TTL)).isInstanceOf(Held.class);
  }

  @Test
  void by_nano_time_it_holds_until_the_margin_though_the_clock_stands_still() {
    LeaseKeeper keeper = keep();

    timer.freeze(TTL.minus(MARGIN).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    timer.freeze(TICK);
    assertThat(keeper.isHeld()).isFalse();
  }

  @Test
  void the_margin_of_a_short_lease_is_a_tenth_of_it() {
    LeaseKeeper keeper = leases.keep(lease, Duration.ofMillis(100), lost -> {});

    timer.freeze(Duration.ofMillis(90).minusNanos(1));
    assertThat(keeper.isHeld()).isTrue();
    timer.freeze(Duration.ofNanos(1));
    assertThat(keeper.isHeld()).isFalse();
  }

  @Test
  void the_hold_is_counted_from_before_the_renewal_was_sent() throws Exception {
    LeaseKeeper keeper = keep();
    pass(THIRD);
    timer.freeze(Duration.ofSeconds(5)); // the answer is that late
    timer.answer();

    timer.freeze(TTL.minus(MARGIN).minusSeconds(5).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    timer.freeze(TICK);
    assertThat(keeper.isHeld()).isFalse();
  }

  @Test
  void the_hold_of_a_renewal_that_joined_an_older_transaction_is_as_long_as_the_lease()
      throws Exception {
    LeaseKeeper keeper = keep();
    Duration late = Duration.ofSeconds(3);
    // whether the renewal joins the open transaction is up to the store, so try until one does
    for (int round = 0; !renewInATransactionThatBegan(late, keeper); round++) {
      assertThat(round).as("rounds without a shared transaction").isLessThan(200);
    }

    timer.freeze(TTL.minus(late).minus(MARGIN).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    timer.freeze(TICK);
    assertThat(keeper.isHeld()).isFalse();
  }

  @Test
  void once_lost_it_stays_lost_though_the_clock_is_set_back() throws Exception {
    LeaseKeeper keeper = keep();
    clock.advance(TTL);
    assertThat(keeper.isHeld()).isFalse();

    clock.advance(TTL.negated());

    assertThat(keeper.isHeld()).isFalse();
    assertThat(takeLoss().lease()).isEqualTo(lease);
  }

  @Test
  void a_loss_is_told_once_on_a_callback_thread() throws Exception {
    LeaseKeeper keeper = keep();
    leases.release(lease);
    pass(THIRD);
    timer.answer();

    Loss loss = takeLoss();
    assertThat(loss.lease()).isEqualTo(lease);
    assertThat(loss.thread()).startsWith("belay-callback");
    assertThat(keeper.isHeld()).isFalse();
    pass(TTL);
    awaitCallbacks();
    assertThat(losses).isEmpty();
    assertThat(timer.isIdle()).isTrue();
  }

  @Test
  void the_loss_is_told_when_the_time_is_up_though_nobody_asks() throws Exception {
    keep();
    try (Connection other = PlainSqlite.connect(file)) {
      PlainSqlite.execute(other, "BEGIN IMMEDIATE");
      pass(TTL.minus(MARGIN).minus(TICK)); // the renewal is under way and gets no answer
      awaitCallbacks();
      assertThat(losses).isEmpty();

      pass(TICK);

      assertThat(takeLoss().lease()).isEqualTo(lease);
    }
  }

  @Test
  void a_renewal_without_an_answer_is_withdrawn_when_the_time_is_up() throws Exception {
    keep();
    try (Connection other = PlainSqlite.connect(file)) {
      PlainSqlite.execute(other, "BEGIN IMMEDIATE");
      pass(TTL.minus(MARGIN));
      takeLoss();
      PlainSqlite.execute(other, "COMMIT");
    }

    belay.tx().useWrite(tx -> {}); // stands in line behind whatever is still there
    assertThat(leases.find("reindex")).contains(lease);
  }

  @Test
  void a_lease_that_is_lost_already_gives_a_keeper_that_tells_so() throws Exception {
    clock.advance(TTL);

    LeaseKeeper keeper = keep();

    assertThat(keeper.isHeld()).isFalse();
    assertThat(takeLoss().lease()).isEqualTo(lease);
    assertThat(timer.isIdle()).isTrue();
  }

  @Test
  void after_an_operating_failure_it_tries_again_shortly() throws Exception {
    reopen(BelayOptions.defaults().withClock(clock).withBusyTimeout(Duration.ZERO));
    LeaseKeeper keeper = keep();
    try (Connection other = PlainSqlite.connect(file)) {
      PlainSqlite.execute(other, "BEGIN IMMEDIATE");
      pass(THIRD);
      timer.answer();
      PlainSqlite.execute(other, "COMMIT");
    }
    assertThat(keeper.lease()).isEqualTo(lease);

    pass(Duration.ofMillis(100));
    timer.answer();

    assertThat(keeper.isHeld()).isTrue();
    assertThat(keeper.lease().expiresAt()).isEqualTo(clock.instant().plus(TTL));
    assertThat(losses).isEmpty();
  }

  @Test
  void failures_until_the_margin_lose_the_lease_before_anyone_else_gets_it() throws Exception {
    reopen(BelayOptions.defaults().withClock(clock).withBusyTimeout(Duration.ZERO));
    LeaseKeeper keeper = keep();
    int tries = 0;
    try (Connection other = PlainSqlite.connect(file)) {
      PlainSqlite.execute(other, "BEGIN IMMEDIATE");
      pass(THIRD);
      timer.answer();
      while (keeper.isHeld()) {
        pass(Duration.ofMillis(100));
        if (keeper.isHeld()) {
          timer.answer();
          tries++;
        }
      }
    }

    assertThat(tries).isGreaterThan(100);
    assertThat(takeLoss().lease()).isEqualTo(lease);
    assertThat(leases.acquire("reindex", "b", TTL)).isInstanceOf(Held.class);
    clock.advance(MARGIN);
    assertThat(leases.acquire("reindex", "b", TTL).granted()).isPresent();
  }

  @Test
  void a_first_renewal_that_fails_makes_no_keeper() throws Exception {
    reopen(BelayOptions.defaults().withClock(clock).withBusyTimeout(Duration.ZERO));
    try (Connection other = PlainSqlite.connect(file)) {
      PlainSqlite.execute(other, "BEGIN IMMEDIATE");

      assertThatThrownBy(this::keep).isInstanceOf(StoreBusyException.class);
    }
    assertThat(timer.isIdle()).isTrue();
    assertThat(losses).isEmpty();
  }

  @Test
  void closing_releases_the_lease() {
    LeaseKeeper keeper = keep();

    keeper.close();
    keeper.close();

    assertThat(keeper.isHeld()).isFalse();
    assertThat(leases.find("reindex")).isEmpty();
    assertThat(timer.isIdle()).isTrue();
    assertThat(leases.acquire("reindex", "b", TTL).granted()).isPresent();
  }

  @Test
  void closing_releases_the_lease_of_an_interrupted_thread_too() {
    LeaseKeeper keeper = keep();

    Thread.currentThread().interrupt();
    keeper.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(leases.find("reindex")).isEmpty();
  }

  @Test
  void closing_never_frees_a_successor() throws Exception {
    LeaseKeeper keeper = keep();
    clock.advance(TTL);
    Lease next = leases.acquire("reindex", "a", TTL).granted().orElseThrow();

    keeper.close();

    assertThat(leases.find("reindex")).contains(next);
    awaitCallbacks();
    assertThat(losses).isEmpty();
  }

  @Test
  void a_loss_is_never_told_after_close() throws Exception {
    LeaseKeeper keeper = keep();
    CountDownLatch callbacksGoOn = new CountDownLatch(1);
    engine.callbacks().execute(() -> await(callbacksGoOn));
    clock.advance(TTL);
    assertThat(keeper.isHeld()).isFalse(); // told behind the callback that waits

    keeper.close();
    callbacksGoOn.countDown();

    awaitCallbacks();
    assertThat(losses).isEmpty();
  }

  @Test
  void an_answer_that_comes_after_close_changes_nothing() throws Exception {
    LeaseKeeper keeper = keep();
    pass(THIRD);
    keeper.close();
    Lease last = keeper.lease();
    timer.pass(TTL);

    assertThat(keeper.lease()).isEqualTo(last);
    assertThat(leases.find("reindex")).isEmpty();
    awaitCallbacks();
    assertThat(losses).isEmpty();
  }

  @Test
  void callbacks_that_block_do_not_stop_the_renewals() throws Exception {
    LeaseKeeper keeper = keep();
    CountDownLatch callbacksGoOn = new CountDownLatch(1);
    engine.callbacks().execute(() -> await(callbacksGoOn));

    for (int i = 0; i < 6; i++) {
      pass(THIRD);
      timer.answer();
    }

    assertThat(keeper.isHeld()).isTrue();
    callbacksGoOn.countDown();
  }

  @Test
  void renewals_stop_last_while_a_closing_store_runs_what_it_accepted() throws Exception {
    // alone in its transaction, the renewal has an instant of its own to be known by
    reopen(BelayOptions.defaults().withClock(clock).withCommitGroupMax(1));
    LeaseKeeper keeper = keep();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch bodyEnds = new CountDownLatch(1);
    CompletableFuture<Boolean> body =
        belay
            .tx()
            .writeAsync(
                tx -> {
                  running.countDown();
                  await(bodyEnds);
                  return true;
                });
    await(running);
    Thread closer = new Thread(belay::close);
    closer.start();
    awaitRefusal();

    pass(THIRD);
    bodyEnds.countDown();
    timer.answer();

    assertThat(body.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keeper.lease().expiresAt()).isEqualTo(lease.expiresAt().plus(THIRD));
    assertThat(keeper.isHeld()).isTrue();
    closer.join();
  }

  @Test
  void after_the_store_is_closed_it_holds_until_its_time_is_up_and_tells_the_loss()
      throws Exception {
    LeaseKeeper keeper = keep();
    belay.close();

    pass(THIRD);
    assertThat(keeper.isHeld()).isTrue();
    pass(TTL.minus(THIRD).minus(MARGIN).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    pass(TICK);

    assertThat(takeLoss().lease()).isEqualTo(lease);
    assertThat(keeper.isHeld()).isFalse();
  }

  @Test
  void closing_it_after_the_store_leaves_the_lease_to_expire() throws Exception {
    LeaseKeeper keeper = keep();
    belay.close();

    keeper.close();

    assertThat(keeper.isHeld()).isFalse();
    awaitCallbacks();
    assertThat(losses).isEmpty();
    open(BelayOptions.defaults().withClock(clock));
    assertThat(leases.find("reindex")).contains(lease);
  }

  private LeaseKeeper keep() {
    return leases.keep(
        lease, TTL, lost -> losses.add(new Loss(lost, Thread.currentThread().getName())));
  }

  /** Whether the renewal shares a transaction that began {@code ago} by the clock. */
  private boolean renewInATransactionThatBegan(Duration ago, LeaseKeeper keeper) throws Exception {
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
    assertThat(body.get(60, TimeUnit.SECONDS)).isTrue();
    return keeper.lease().expiresAt().equals(then.plus(TTL));
  }

  private void reopen(BelayOptions options) {
    belay.close();
    open(options);
  }

  /** Both clocks, as time does. */
  private void pass(Duration duration) throws Exception {
    clock.advance(duration);
    timer.pass(duration);
  }

  private Loss takeLoss() throws InterruptedException {
    Loss loss = losses.poll(ChildJvm.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(loss).as("a loss that is told").isNotNull();
    return java.util.Objects.requireNonNull(loss);
  }

  /** Until what was handed to the callback threads has run. */
  private void awaitCallbacks() {
    CountDownLatch reached = new CountDownLatch(1);
    engine.callbacks().execute(reached::countDown);
    await(reached);
  }

  private void awaitRefusal() {
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

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(ChildJvm.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

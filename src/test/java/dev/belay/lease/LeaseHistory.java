package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.testing.ManualClock;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A history of verbs that runs beside {@link LeaseModel}, compared after each step. Every lease
 * that was ever seen, be it in a body that rolled back, is used again. Belongs to one test.
 */
final class LeaseHistory implements AutoCloseable {
  /** One step; {@code pick} chooses among the leases seen so far. */
  record Step(Verb verb, String name, String holder, int pick, Duration time) {}

  /** What a step does. */
  enum Verb {
    ACQUIRE,
    ACQUIRE_AND_ROLL_BACK,
    RENEW,
    RENEW_AND_ROLL_BACK,
    RELEASE,
    RELEASE_AND_ROLL_BACK,
    REQUIRE,
    HAND_OVER,
    ADVANCE,
    SET_BACK,
    RESTART
  }

  private final Path file;
  private final ManualClock clock = new ManualClock();
  private final List<Lease> seen = new ArrayList<>();
  private final LeaseModel model;
  private Belay belay;

  /** Starts without leases, in a file that may have seen many. */
  LeaseHistory(Path file) {
    this.file = file;
    this.belay = open();
    this.model = new LeaseModel(belay.write(LeaseHistory::clear));
  }

  private static long clear(Tx tx) {
    tx.handle().execute("DELETE FROM belay_lease");
    return tx.handle()
        .createQuery("SELECT value FROM belay_counter WHERE name = 'token'")
        .mapTo(Long.class)
        .one();
  }

  private Belay open() {
    return Belay.open(file, TestOptions.defaults().withClock(clock));
  }

  @Override
  public void close() {
    belay.close();
  }

  /** Runs {@code step} on both sides and compares what they answer and what is live afterwards. */
  void compare(Step step) {
    run(step);
    Instant now = clock.instant();
    assertThat(belay.leases().list(null, 10)).as("after %s", step).isEqualTo(model.list(now));
    assertThat(belay.leases().find("a")).isEqualTo(model.find(now, "a"));
  }

  private void run(Step step) {
    Instant now = clock.instant();
    Leases leases = belay.leases();
    switch (step.verb()) {
      case ACQUIRE ->
          same(
              leases.acquire(step.name(), step.holder(), step.time()),
              model.acquire(now, step.name(), step.holder(), step.time()));
      case ACQUIRE_AND_ROLL_BACK ->
          same(
              belay
                  .tx()
                  .writeFlow(
                      tx ->
                          TxOutcome.rollback(
                              leases.acquire(tx, step.name(), step.holder(), step.time()))),
              model.rolledBack(() -> model.acquire(now, step.name(), step.holder(), step.time())));
      case ADVANCE -> clock.advance(step.time());
      case SET_BACK -> clock.advance(step.time().negated());
      case RESTART -> {
        belay.close();
        belay = open();
        model.restart();
      }
      default -> {
        if (!seen.isEmpty()) {
          run(step, now, leases, seen.get(step.pick() % seen.size()));
        }
      }
    }
  }

  private void run(Step step, Instant now, Leases leases, Lease lease) {
    switch (step.verb()) {
      case RENEW ->
          assertThat(leases.renew(lease, step.time()))
              .isEqualTo(model.renew(now, lease, step.time()));
      case RENEW_AND_ROLL_BACK ->
          assertThat(
                  belay
                      .tx()
                      .<Renewal, RuntimeException>writeFlow(
                          tx -> TxOutcome.rollback(leases.renew(tx, lease, step.time()))))
              .isEqualTo(model.rolledBack(() -> model.renew(now, lease, step.time())));
      case RELEASE -> assertThat(leases.release(lease)).isEqualTo(model.release(now, lease));
      case RELEASE_AND_ROLL_BACK ->
          assertThat(
                  belay
                      .tx()
                      .<Boolean, RuntimeException>writeFlow(
                          tx -> TxOutcome.rollback(leases.release(tx, lease))))
              .isEqualTo(model.rolledBack(() -> model.release(now, lease)));
      case REQUIRE -> assertThat(isLive(leases, lease)).isEqualTo(model.isLive(now, lease));
      case HAND_OVER -> handOver(step, now, leases, lease);
      default -> throw new IllegalStateException(step.toString());
    }
  }

  /** A release and an acquisition in one transaction. */
  private void handOver(Step step, Instant now, Leases leases, Lease lease) {
    boolean released = model.release(now, lease);
    same(
        belay.write(
            tx -> {
              assertThat(leases.release(tx, lease)).isEqualTo(released);
              return leases.acquire(tx, step.name(), step.holder(), step.time());
            }),
        model.acquire(now, step.name(), step.holder(), step.time()));
  }

  private void same(Acquisition actual, Acquisition expected) {
    assertThat(actual).isEqualTo(expected);
    actual.granted().ifPresent(seen::add);
  }

  private boolean isLive(Leases leases, Lease lease) {
    try {
      belay.useWrite(tx -> leases.require(tx, lease));
      return true;
    } catch (LeaseLostException e) {
      return false;
    }
  }
}

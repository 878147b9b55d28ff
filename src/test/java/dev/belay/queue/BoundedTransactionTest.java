package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.lease.Leases;
import dev.belay.queue.TxMeter.Transaction;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.Tx;
import dev.belay.testing.Effort;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The transactions of a verb are bounded, however much work falls due, lapses or is finished at the
 * same time, and however large it is.
 *
 * <p>Goal: a verb with much to do keeps other writers waiting only for a short time. Method: every
 * verb runs on a queue with much due work, and its largest transaction is measured in steps of the
 * database's virtual machine and in bytes that it deletes; with 100,000 pieces of work in a run of
 * full effort.
 */
@NullUnmarked // set up before each test
class BoundedTransactionTest {
  private static final int CROWD = Effort.of(5_000, 100_000);

  /** The bound: a few hundred steps for each of a thousand pieces of work. */
  private static final long STEPS_MAX = 500_000;

  private static final int MIB = 1 << 20;
  private static final String LARGE = "x".repeat(4 * MIB);
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofDays(1);
  private static final Duration MS = Duration.ofMillis(1);

  private final TxMeter meter = new TxMeter();

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.on(SqliteEngine.FILE)
          .withManualClock()
          .with(options -> options.withConnection(this.meter));

  private final ManualClock clock = store.clock;
  private Belay belay;
  private WorkQueue queue;

  @BeforeEach
  void open() {
    belay = store.belay();
    queue = belay.queue("jobs", QueueOptions.defaults().withRetry(attempt -> TTL));
  }

  /** The lanes of the due work. */
  private enum Place {
    NO_LANE,
    ONE_LANE,
    LANES_OF_100
  }

  /** The reason why all the work is due at the same time. */
  private enum Fate {
    DUE,
    RETRIED,
    LAPSED,
    EXHAUSTED,
    CANCELLED
  }

  static Stream<Arguments> crowds() {
    return Stream.of(Place.values())
        .flatMap(place -> Stream.of(Fate.values()).map(fate -> Arguments.of(place, fate)));
  }

  @ParameterizedTest
  @MethodSource("crowds")
  void no_transaction_grows_with_what_falls_due_or_lapses_at_once(Place place, Fate fate)
      throws Exception {
    List<Claim> held = heldClaims(8);
    long buried = buried(place);
    Lease lease = belay.leases().acquire("held", "me", LONG).granted().orElseThrow();
    List<Long> crowd = crowd(place, fate);
    NewWork newcomer = NewWork.of("p").withLane("lane 0");
    List<NewWork> newcomers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      newcomers.add(NewWork.of("p").withLane("lane " + i));
    }
    SessionCommit turn =
        SessionCommit.to("s", 0)
            .append(NewEvent.of("t", "x"))
            .complete(held.get(0))
            .enqueue("jobs", newcomer);

    Map<String, Callable<?>> verbs = new LinkedHashMap<>();
    verbs.put("enqueue", () -> queue.enqueue(NewWork.of("p")));
    verbs.put("enqueue in a lane", () -> queue.enqueue(newcomer));
    verbs.put("enqueueAll in lanes", () -> queue.enqueueAll(newcomers));
    verbs.put("requeue", () -> queue.requeue(buried));
    verbs.put("cancel", () -> queue.cancel(crowd.get(0)));
    verbs.put("commit", () -> belay.sessions().commit(turn));
    verbs.put("complete", () -> queue.complete(held.get(1), "result"));
    verbs.put("fail", () -> queue.fail(held.get(2), "no"));
    verbs.put("defer", () -> queue.defer(held.get(3), clock.instant().plus(LONG)));
    verbs.put("release", () -> queue.release(held.get(4)));
    verbs.put("bury", () -> queue.bury(held.get(5), "no"));
    verbs.put("renew", () -> queue.renew(held.get(6), LONG));
    verbs.put("renew a lease", () -> belay.leases().renew(lease, LONG));
    verbs.put("acquire a lease", () -> belay.leases().acquire("new", "me", LONG));
    verbs.put(
        "claimMore",
        () -> {
          List<Claim> grant = queue.claimLane("lane 0", "w", LONG, 1);
          return grant.isEmpty() ? grant : queue.claimMore(grant.get(0), 100);
        });
    verbs.put("claimLane", () -> queue.claimLane("lane 1", "w", LONG, 100));
    verbs.put("claim with a Tx", () -> belay.write(tx -> queue.claim(tx, "w", LONG)));
    verbs.put("claim 1,000", () -> queue.claim("w", LONG, 1_000));
    verbs.put("claim", () -> queue.claim("w", LONG));
    verbs.put("claim and wait", () -> queue.claim("w", LONG, 1_000, Duration.ZERO));
    verbs.put("purge", () -> queue.purge(clock.advance(MS), Integer.MAX_VALUE));

    for (Map.Entry<String, Callable<?>> verb : verbs.entrySet()) {
      Transaction largest = meter.of(verb.getValue());
      assertThat(largest.steps()).as(verb.getKey()).isBetween(1L, STEPS_MAX);
    }
  }

  private List<Claim> heldClaims(int count) {
    queue.enqueueAll(Collections.nCopies(count, NewWork.of("held")));
    return queue.claim("me", LONG, count);
  }

  private long buried(Place place) {
    NewWork work = NewWork.of("buried");
    queue.enqueue(place == Place.NO_LANE ? work : work.withLane("lane 0"));
    Claim claim = queue.claim("me", LONG).orElseThrow();
    queue.bury(claim, "no");
    return claim.workId();
  }

  private List<Long> crowd(Place place, Fate fate) {
    List<NewWork> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      NewWork work = NewWork.of("p").withAttemptsMax(fate == Fate.EXHAUSTED ? 1 : 9);
      work = fate == Fate.DUE ? work.notBefore(clock.instant().plus(TTL)) : work;
      crowd.add(place == Place.NO_LANE ? work : work.withLane("lane " + lane(place, i)));
    }
    List<Long> ids = queue.enqueueAll(crowd).stream().map(Enqueued::workId).toList();
    if (fate != Fate.DUE) {
      List<Claim> claims = claimAll(place);
      belay.useWrite(tx -> claims.forEach(claim -> strike(tx, fate, claim)));
    }
    clock.advance(TTL);
    return ids;
  }

  private static int lane(Place place, int i) {
    return place == Place.ONE_LANE ? 0 : i / 100;
  }

  private void strike(Tx tx, Fate fate, Claim claim) {
    if (fate == Fate.CANCELLED) {
      queue.cancel(tx, claim.workId());
    } else if (fate == Fate.RETRIED) {
      queue.fail(tx, claim, "no"); // in a lane the first; the others are given back
    }
  }

  private List<Claim> claimAll(Place place) {
    List<Claim> claims = new ArrayList<>();
    if (place == Place.NO_LANE) {
      List<Claim> batch;
      do {
        batch = queue.claim("w", TTL, WorkQueue.CLAIMS_MAX);
        claims.addAll(batch);
      } while (!batch.isEmpty());
    } else {
      for (int lane = 0; lane <= lane(place, CROWD - 1); lane++) {
        claims.addAll(queue.claimLane("lane " + lane, "w", TTL, WorkQueue.LANE_GRANT_MAX));
      }
    }
    return claims;
  }

  @Test
  void no_transaction_of_a_purge_grows_with_how_large_the_work_is() throws Exception {
    TxMeter.watchDeletes(belay);
    queue.enqueueAll(Collections.nCopies(5, NewWork.of(LARGE)));
    List<Claim> claims;
    do {
      claims = queue.claim("w", TTL, 5);
      claims.forEach(claim -> queue.complete(claim, LARGE));
    } while (!claims.isEmpty());

    Transaction largest = meter.of(() -> queue.purge(clock.advance(MS), 5));

    assertThat(largest.bytes()).isEqualTo(8 * MIB);
    assertThat(queue.stats().done()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"delete", "clear", "free"})
  void no_transaction_grows_with_what_a_deleted_session_was(String verb) throws Exception {
    TxMeter.watchDeletes(belay);
    largeSession();

    Transaction largest =
        meter.of(
            () -> {
              boolean gone =
                  verb.equals("clear") ? belay.sessions().clear("s") : belay.sessions().delete("s");
              if (verb.equals("free")) {
                belay.sessions().free(Integer.MAX_VALUE);
              }
              Patience.until("the rows are gone", () -> rowsOfSessions() == 0);
              return gone;
            });

    assertThat(largest.steps()).isBetween(1L, STEPS_MAX);
    int sharing = verb.equals("free") ? 2 : 1; // the other is the freeing after the deletion
    assertThat(largest.bytes()).isBetween(4L * MIB, 8L * MIB * sharing);
  }

  @Test
  void no_transaction_grows_with_how_many_operations_are_forgotten() throws Exception {
    largeSession();

    Transaction largest = meter.of(() -> belay.sessions().forgetOperations("s", clock.advance(MS)));

    assertThat(largest.steps()).isBetween(1L, STEPS_MAX);
    assertThat(meter.transactions()).isGreaterThan(2);
  }

  private void largeSession() {
    belay
        .sessions()
        .commit(SessionCommit.to("s", 0).append(Collections.nCopies(CROWD, NewEvent.of("t", "x"))))
        .orThrow();
    belay
        .sessions()
        .commit(SessionCommit.to("s", 1).append(Collections.nCopies(5, NewEvent.of("t", LARGE))))
        .orThrow();
    belay.useWrite(
        tx -> {
          for (int i = 1; i <= CROWD; i++) {
            SessionCommit empty = SessionCommit.to("s", i + 1).operation("operation " + i);
            belay.sessions().commit(tx, empty).orThrow();
          }
        });
  }

  @Test
  void no_grant_of_a_lease_grows_with_what_is_to_be_forgotten() throws Exception {
    belay.useWrite(
        tx -> {
          for (int i = 0; i < CROWD; i++) {
            belay.leases().acquire(tx, "lease " + i, "me", TTL);
          }
        });
    clock.advance(Leases.RETENTION.plus(LONG));

    Transaction largest = meter.of(() -> belay.leases().acquire("new", "me", TTL));

    assertThat(largest.steps()).isBetween(1L, STEPS_MAX / 100);
  }

  private int rowsOfSessions() {
    return belay.read(
        tx ->
            tx.handle()
                .createQuery(
                    """
                        SELECT (SELECT COUNT(*) FROM belay_session_event)
                             + (SELECT COUNT(*) FROM belay_session_receipt)
                        """)
                .mapTo(int.class)
                .one());
  }
}

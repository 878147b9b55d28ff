package dev.belay.postgres;

import dev.belay.Belay;
import dev.belay.lease.Acquisition;
import dev.belay.lease.Lease;
import dev.belay.queue.Cancellation;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.RetryPolicy;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The verbs that the hammer calls: each in a body that records its instant, or alone, as chance has
 * it. Safe for use by many threads.
 */
final class HammerActs {
  static final int LANES = 8;
  static final int SESSIONS = 6;
  private static final int LEASES = 4;
  private static final int KEYS = 30;
  private static final int NEVER_BURIED = 100_000;
  private static final long PAUSE_NANOS = 2_000_000;

  private final Belay belay;
  private final HammerTold told;
  private final String process;
  private final List<WorkQueue> queues;
  private final AtomicInteger operations = new AtomicInteger();
  private final AtomicInteger turns = new AtomicInteger();

  HammerActs(Belay belay, HammerTold told, String process) {
    this.belay = belay;
    this.told = told;
    this.process = process;
    QueueOptions options =
        QueueOptions.defaults()
            .withRetry(RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(50)));
    this.queues = List.of(belay.queue("lanes", options), belay.queue("plain", options));
  }

  void run(long seed, AtomicBoolean drains, AtomicBoolean stops) {
    Random random = new Random(seed);
    while (!stops.get()) {
      boolean draining = drains.get();
      int what = draining ? 6 : random.nextInt(14);
      if (what < 4) {
        enqueue(random);
      } else if (what < 10) {
        work(random, draining);
      } else if (what == 10) {
        lease(random);
      } else if (what == 11) {
        cancel(random);
      } else {
        operation();
      }
    }
  }

  /** In a body that records its instant, or alone. */
  private <T> T either(Random random, Function<Tx, T> inBody, Supplier<T> alone) {
    if (random.nextBoolean()) {
      return alone.get();
    }
    return belay.write(
        tx -> {
          T result = inBody.apply(tx);
          HammerAudit.now(tx);
          return result;
        });
  }

  private static NewWork newWork(Random random, boolean laned) {
    NewWork work = NewWork.of("p").withPriority(random.nextInt(3));
    work = work.withAttemptsMax(random.nextInt(6) == 0 ? 2 : NEVER_BURIED);
    return laned ? work.withLane(lane(random)) : work;
  }

  private static String lane(Random random) {
    return "lane " + random.nextInt(LANES);
  }

  private void enqueue(Random random) {
    WorkQueue queue = queues.get(random.nextInt(2));
    NewWork plain = newWork(random, queue.name().equals("lanes") && random.nextInt(4) > 0);
    NewWork work = random.nextInt(8) == 0 ? plain.withKey("k" + random.nextInt(KEYS)) : plain;
    boolean later = random.nextInt(8) == 0;
    Enqueued enqueued =
        told.of(
            "enqueue",
            0,
            0,
            () -> {
              NewWork all =
                  later
                      ? work.notBefore(belay.read(Tx::now).plusMillis(random.nextInt(200)))
                      : work;
              return either(random, tx -> queue.enqueue(tx, all), () -> queue.enqueue(all));
            });
    enqueued(enqueued);
  }

  private void enqueued(@Nullable Enqueued enqueued) {
    if (enqueued != null) {
      told.add("enqueue", "told", enqueued.workId(), 0, "");
    }
  }

  private void work(Random random, boolean draining) {
    WorkQueue queue = queues.get(random.nextInt(2));
    Duration ttl = Duration.ofMillis((draining ? 3_000 : 60) + random.nextInt(400));
    String lane = lane(random);
    int max = 1 + random.nextInt(4);
    boolean whole = queue.name().equals("lanes") && random.nextInt(3) == 0;
    List<Claim> claims =
        claimed(
            whole
                ? () ->
                    either(
                        random,
                        tx -> queue.claimLane(tx, lane, "w", ttl, 5),
                        () -> queue.claimLane(lane, "w", ttl, 5))
                : () ->
                    either(
                        random,
                        tx -> queue.claim(tx, "w", ttl, max),
                        () -> queue.claim("w", ttl, max)));
    if (claims.isEmpty()) {
      LockSupport.parkNanos(PAUSE_NANOS);
      return;
    }
    Claim head = claims.get(0);
    if (whole && random.nextInt(4) == 0) {
      claims.addAll(
          claimed(
              () ->
                  either(
                      random, tx -> queue.claimMore(tx, head, 3), () -> queue.claimMore(head, 3))));
    }
    if (!draining && random.nextInt(30) == 0) {
      return; // walks away: the claims lapse
    }
    if (!draining && random.nextInt(40) == 0) {
      LockSupport.parkNanos(ttl.toNanos()); // the claims lapse while it works
    }
    if (random.nextInt(6) == 0) {
      Duration more = Duration.ofMillis(300);
      Object unused =
          told.of(
              "renew",
              head.workId(),
              head.token(),
              () ->
                  either(random, tx -> queue.renew(tx, head, more), () -> queue.renew(head, more)));
    }
    for (Claim claim : claims) {
      if (!settles(queue, claim, random, draining)) {
        return; // those behind it in its lane cannot be settled either
      }
    }
  }

  private List<Claim> claimed(Supplier<List<Claim>> call) {
    List<Claim> claims = told.of("claim", 0, 0, call);
    if (claims == null) {
      return new ArrayList<>();
    }
    claims.forEach(claim -> told.add("claim", "told", claim.workId(), claim.token(), ""));
    return new ArrayList<>(claims);
  }

  /** Returns whether the work behind it in its grant may be settled. */
  private boolean settles(WorkQueue queue, Claim claim, Random random, boolean draining) {
    int what = draining ? 5 + random.nextInt(10) : random.nextInt(20);
    if (what < 3) {
      Settlement back =
          told.of("back", claim.workId(), claim.token(), () -> back(queue, claim, random, what));
      if (back == Settlement.SETTLED) {
        told.add("back", "told", claim.workId(), claim.token(), "");
      }
      return false;
    }
    if (what < 9) {
      return takesTurn(claim, random, draining);
    }
    Settlement done =
        told.of(
            "complete",
            claim.workId(),
            claim.token(),
            () -> either(random, tx -> queue.complete(tx, claim), () -> queue.complete(claim)));
    if (done != null) {
      String outcome = done == Settlement.SETTLED ? "told" : "refused";
      told.add("complete", outcome, claim.workId(), claim.token(), "");
    }
    return done == Settlement.SETTLED;
  }

  private Settlement back(WorkQueue queue, Claim claim, Random random, int what) {
    return switch (what) {
      case 0 -> either(random, tx -> queue.fail(tx, claim, "x"), () -> queue.fail(claim, "x"));
      case 1 ->
          belay.write(
              tx -> {
                HammerAudit.now(tx);
                return queue.defer(tx, claim, tx.now().plusMillis(random.nextInt(60)));
              });
      default -> either(random, tx -> queue.release(tx, claim), () -> queue.release(claim));
    };
  }

  /** Completes with a commit of a session, which may enqueue into another lane. */
  private boolean takesTurn(Claim claim, Random random, boolean draining) {
    String turn = "turn " + process + " " + turns.incrementAndGet();
    String session = "s" + random.nextInt(SESSIONS);
    SessionCommit plain = SessionCommit.to(session).append(NewEvent.of("t", turn)).complete(claim);
    SessionCommit commit =
        draining || random.nextBoolean()
            ? plain
            : plain.enqueue(queues.get(0).name(), newWork(random, true));
    CommitOutcome outcome =
        told.of(
            "complete",
            claim.workId(),
            claim.token(),
            () ->
                either(
                    random,
                    tx -> belay.sessions().commit(tx, commit),
                    () -> belay.sessions().commit(commit)));
    if (outcome instanceof Committed committed) {
      told.add("complete", "told", claim.workId(), claim.token(), "");
      told.add("event", "told", committed.firstSeq(), 0, turn);
      committed.enqueued().forEach(this::enqueued);
    } else if (outcome != null) {
      told.add("complete", "refused", claim.workId(), claim.token(), outcome.toString());
    }
    return outcome instanceof Committed;
  }

  private void lease(Random random) {
    String name = "lease " + random.nextInt(LEASES);
    Duration ttl = Duration.ofMillis(1 + random.nextInt(60));
    Acquisition acquisition =
        told.of(
            "lease",
            0,
            0,
            () ->
                either(
                    random,
                    tx -> belay.leases().acquire(tx, name, process, ttl),
                    () -> belay.leases().acquire(name, process, ttl)));
    if (acquisition == null || acquisition.granted().isEmpty()) {
      return;
    }
    Lease lease = acquisition.granted().orElseThrow();
    told.add("lease", "told", 0, lease.token(), name);
    Object unused =
        random.nextBoolean()
            ? told.of(
                "lease renewal",
                0,
                lease.token(),
                () ->
                    either(
                        random,
                        tx -> belay.leases().renew(tx, lease, ttl),
                        () -> belay.leases().renew(lease, ttl)))
            : told.of(
                "lease release",
                0,
                lease.token(),
                () ->
                    either(
                        random,
                        tx -> belay.leases().release(tx, lease),
                        () -> belay.leases().release(lease)));
  }

  private void cancel(Random random) {
    WorkQueue queue = queues.get(random.nextInt(2));
    Cancellation cancellation =
        told.of(
            "cancel",
            0,
            0,
            () ->
                belay.write(
                    tx -> {
                      HammerAudit.now(tx);
                      Long id =
                          tx.handle()
                              .createQuery(
                                  "SELECT max(id) FROM belay_work WHERE queue = :queue"
                                      + " AND finished_at_ms IS NULL")
                              .bind("queue", queue.name())
                              .mapTo(Long.class)
                              .one();
                      return id == null ? Cancellation.FINISHED : queue.cancel(tx, id);
                    }));
    if (cancellation != null) {
      told.add("cancel", cancellation.toString(), 0, 0, "");
    }
  }

  /** Both processes apply the same operations, each of which happens once. */
  private void operation() {
    int number = operations.incrementAndGet();
    String id = "op " + number;
    SessionCommit commit =
        SessionCommit.to("s" + number % SESSIONS).operation(id).append(NewEvent.of("t", id));
    CommitOutcome outcome = told.of("operation", 0, 0, () -> belay.sessions().commit(commit));
    if (outcome instanceof Committed committed) {
      told.add("event", "told", committed.firstSeq(), 0, id);
      told.add("operation", committed.replayed() ? "replayed" : "applied", 0, 0, id);
    } else if (outcome != null) {
      told.add("unexpected", "told", 0, 0, id + ": " + outcome);
    }
  }
}

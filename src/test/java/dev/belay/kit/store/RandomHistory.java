package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.KeyLife;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.store.StoreInterruptedException;
import dev.belay.store.TxOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One random step after another, each a verb of sessions, leases or queues or several in a body,
 * through one of two handles. Names are few, so that the verbs meet; claims and leases are kept
 * after they were lost, so that stale ones are used too. Belongs to one test.
 */
final class RandomHistory {
  private static final Duration TTL = Duration.ofSeconds(20);
  private static final NewEvent EVENT = NewEvent.of("t", "payload");

  private final StoreExtension store;
  private final Random random;
  private final List<Claim> claims = new ArrayList<>();
  private final List<Lease> leases = new ArrayList<>();
  private final List<Long> works = new ArrayList<>();
  private @Nullable Belay second;

  RandomHistory(StoreExtension store, Random random) {
    this.store = store;
    this.random = random;
  }

  /** Does one thing, and lets up to some seconds pass: now and then days, or back. */
  void step() {
    Belay belay = handle();
    switch (random.nextInt(16)) {
      case 0 -> reopen();
      case 1, 2 -> undone(belay);
      case 3 -> interrupted(belay);
      case 4, 5 -> useLease(belay);
      case 6, 7, 8 -> useSession(belay);
      case 9 -> inOrder(() -> turn(belay));
      case 10, 11, 12 -> claim(queue(belay));
      case 13, 14 -> inOrder(() -> settle(belay));
      default -> lookAfter(belay);
    }
    switch (random.nextInt(30)) {
      case 0 -> store.clock.advance(Duration.ofDays(random.nextInt(20)));
      case 1 -> store.clock.advance(Duration.ofSeconds(-random.nextInt(60)));
      default -> store.clock.advance(Duration.ofMillis(random.nextInt(5_000)));
    }
  }

  private Belay handle() {
    return second == null || random.nextBoolean() ? store.belay() : second;
  }

  private void reopen() {
    if (!store.form().isShared()) {
      return; // its end would be that of the store
    }
    if (second == null) {
      second = store.another();
    } else if (random.nextBoolean()) {
      second.close();
      second = null;
    } else {
      store.reopen();
    }
  }

  /** Several verbs in one body, which is rolled back or throws; or is committed after all. */
  private void undone(Belay belay) {
    int ending = random.nextInt(3);
    String id = session();
    NewWork work = work();
    String queue = queue(belay).name();
    TxOutcome<Boolean> outcome = ending == 0 ? TxOutcome.commit(true) : TxOutcome.rollback(false);
    Consumer<Belay> body =
        own ->
            own.tx()
                .writeFlow(
                    tx -> {
                      own.sessions().commit(tx, SessionCommit.to(id).append(EVENT, EVENT));
                      own.queue(queue).enqueue(tx, work);
                      own.queue(queue).claim(tx, "w", TTL, 2);
                      own.leases().acquire(tx, "undone", "h", TTL);
                      own.sessions().clear(tx, id);
                      if (ending == 2) {
                        throw new IllegalStateException("undone");
                      }
                      return outcome;
                    });
    if (ending == 2) {
      assertThatThrownBy(() -> body.accept(belay)).hasMessage("undone");
    } else {
      body.accept(belay);
    }
  }

  private void interrupted(Belay belay) {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> belay.sessions().commit(SessionCommit.to(session()).append(EVENT)))
          .isInstanceOf(StoreInterruptedException.class);
    } finally {
      Thread.interrupted();
    }
  }

  private void useLease(Belay belay) {
    String name = "lease" + random.nextInt(3);
    switch (random.nextInt(4)) {
      case 0, 1 ->
          belay
              .leases()
              .acquire(name, "h" + random.nextInt(3), Duration.ofSeconds(1 + random.nextInt(30)))
              .granted()
              .ifPresent(leases::add);
      case 2 -> any(leases, lease -> belay.leases().renew(lease, TTL));
      default -> any(leases, belay.leases()::release);
    }
  }

  private void useSession(Belay belay) {
    Sessions sessions = belay.sessions();
    switch (random.nextInt(12)) {
      case 0 -> sessions.clear(session());
      case 1 -> sessions.delete(session() + random.nextInt(4));
      case 2 -> sessions.free(1 + random.nextInt(9));
      case 3 -> sessions.forgetOperations(session(), store.clock.instant());
      case 4 -> sessions.commit(SessionCommit.to(session() + random.nextInt(4)).append(EVENT));
      default -> sessions.commit(commit(sessions));
    }
  }

  private SessionCommit commit(Sessions sessions) {
    String id = session();
    long revision = sessions.find(id).map(Session::revision).orElse(0L);
    SessionCommit commit =
        random.nextBoolean()
            ? SessionCommit.to(id)
            : SessionCommit.to(id, revision).state("s".repeat(random.nextInt(3)));
    if (random.nextInt(3) == 0) {
      commit = commit.operation("o" + random.nextInt(9));
    }
    if (random.nextInt(3) == 0) {
      commit = commit.parent(random.nextInt(9));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      commit = commit.append(random.nextInt(9) == 0 ? EVENT.withId("e" + i) : EVENT);
    }
    return commit;
  }

  /** The turn of an agent: events, the end of its claim, what follows, under a lease. */
  private void turn(Belay belay) {
    SessionCommit commit =
        commit(belay.sessions()).enqueue(queue(belay).name(), work()).append(EVENT);
    if (!claims.isEmpty()) {
      Claim claim = claims.get(random.nextInt(claims.size()));
      commit = random.nextInt(4) == 0 ? commit.fencedBy(claim) : commit.complete(claim, "r");
    }
    if (!leases.isEmpty() && random.nextBoolean()) {
      Lease lease = leases.get(random.nextInt(leases.size()));
      commit = random.nextBoolean() ? commit.fencedBy(lease) : commit.releasing(lease);
    }
    belay.sessions().commit(commit);
  }

  private void claim(WorkQueue queue) {
    for (int i = random.nextInt(4); i > 0; i--) {
      works.add(queue.enqueue(work()).workId());
    }
    Duration ttl = Duration.ofSeconds(1 + random.nextInt(30));
    int max = 1 + random.nextInt(4);
    claims.addAll(
        random.nextBoolean()
            ? queue.claim("w" + random.nextInt(3), ttl, max)
            : queue.claimLane("lane" + random.nextInt(3), "w" + random.nextInt(3), ttl, max));
  }

  private NewWork work() {
    NewWork work =
        NewWork.of("p".repeat(random.nextInt(3)))
            .withAttemptsMax(1 + random.nextInt(3))
            .withPriority(random.nextInt(3));
    if (random.nextInt(3) > 0) {
      work = work.withLane("lane" + random.nextInt(3));
    }
    if (random.nextInt(3) == 0) {
      KeyLife life = random.nextBoolean() ? KeyLife.WHILE_OPEN : KeyLife.WHILE_KEPT;
      work = work.withKey("key" + random.nextInt(9), life);
    }
    return random.nextInt(4) == 0 ? work.notBefore(soon()) : work;
  }

  private void settle(Belay belay) {
    any(
        claims,
        claim -> {
          WorkQueue queue = belay.queue(claim.queue());
          switch (random.nextInt(9)) {
            case 0 -> queue.fail(claim, "no");
            case 1 -> queue.release(claim);
            case 2 -> queue.bury(claim, "no");
            case 3 -> queue.defer(claim, soon());
            case 4 -> queue.renew(claim, TTL);
            case 5 -> claims.addAll(queue.claimMore(claim, 2));
            case 6 -> queue.complete(claim, "result");
            default -> queue.complete(claim);
          }
        });
  }

  private void lookAfter(Belay belay) {
    WorkQueue queue = queue(belay);
    switch (random.nextInt(5)) {
      case 0 -> any(works, queue::cancel);
      case 1, 2 -> any(works, queue::requeue);
      case 3 -> any(works, queue::delete);
      default -> queue.purge(store.clock.instant(), 1 + random.nextInt(5));
    }
  }

  /** To end work of a lane before what stands in front of it is a mistake, and is refused. */
  private static void inOrder(Runnable settle) {
    try {
      settle.run();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("of its lane grant");
    }
  }

  private Instant soon() {
    return store.clock.instant().plusSeconds(random.nextInt(40));
  }

  private String session() {
    return "s" + random.nextInt(3);
  }

  private WorkQueue queue(Belay belay) {
    return belay.queue(random.nextInt(4) == 0 ? "b" : "a");
  }

  private <T> void any(List<T> all, Consumer<T> use) {
    if (!all.isEmpty()) {
      use.accept(all.get(random.nextInt(all.size())));
    }
  }
}

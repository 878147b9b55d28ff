package dev.belay.queue;

import dev.belay.engine.Hold;
import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Renews the claims of one worker, on a thread of its own that runs no code of users. Safe for use
 * by many threads.
 */
final class WorkerRenewals implements Runnable {
  /*
   * The thread looks at its claims every few milliseconds, without the database, because the
   * store's clock may be set, or stopped in a test. When the renewal of one claim is due, all
   * claims whose renewal is near are renewed with it, in one transaction before all waiting ones.
   */
  private static final int LOOKS_PER_TTL = 12;
  private static final long LOOK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LOOK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);

  private static final int LOOKS_BEFORE_IDLE = 100;

  /** The maximum number of renewals in one transaction, which must be short: 100. */
  private static final int TOGETHER_MAX = 100;

  private final StoreEngine engine;
  private final SettleVerbs verbs;
  private final WorkerSettings settings;
  private final ClaimRegistry known;
  private final CancelWatch requests;
  private final long ttlNanos;
  private final Thread thread;
  private final Set<HeldClaim> held = ConcurrentHashMap.newKeySet();
  private volatile boolean idle;
  private volatile boolean ended;
  private int looksWithout;
  private boolean reported;

  WorkerRenewals(StoreQueues store, WorkerSettings settings) {
    this.engine = store.engine();
    this.known = store.held();
    this.requests = new CancelWatch(engine, settings.queue(), known);
    this.verbs = new SettleVerbs(store, settings.queue());
    this.settings = settings;
    this.ttlNanos = TimeUnit.MILLISECONDS.toNanos(settings.ttl().toMillis());
    this.thread = engine.daemon("belay-renewals-" + settings.queue(), this);
  }

  void start() {
    thread.start();
  }

  /** Renews {@code claim} from now on, until it is lost or dropped. */
  void keep(HeldClaim claim) {
    known.add(claim);
    held.add(claim);
    if (idle) {
      LockSupport.unpark(thread);
    }
  }

  void drop(HeldClaim claim) {
    held.remove(claim);
    known.remove(claim);
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** Ends all renewals. */
  void end() {
    ended = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    long lookNanos = Math.min(Math.max(ttlNanos / LOOKS_PER_TTL, LOOK_NANOS_MIN), LOOK_NANOS_MAX);
    try (requests) {
      while (!ended && lookOnce(lookNanos)) {
        // until the worker or the store is closed
      }
    }
  }

  /** Makes one look. Returns false if the store is closed. */
  private boolean lookOnce(long lookNanos) {
    try {
      look(lookNanos);
    } catch (StoreClosedException e) {
      return false;
    } catch (Throwable e) { // even an Error: otherwise claims would lapse while their handlers run
      report(e);
      LockSupport.parkNanos(this, lookNanos);
    }
    return true;
  }

  private void look(long lookNanos) {
    if (held.isEmpty() && looksWithout < LOOKS_BEFORE_IDLE) {
      looksWithout++; // waking this thread would slow down rare work
      LockSupport.parkNanos(this, lookNanos);
      return;
    }
    // Before the test: a claim that is added after the test ends the park.
    idle = true;
    if (held.isEmpty()) {
      LockSupport.park(this);
      return;
    }
    idle = false;
    looksWithout = 0;
    renewDue();
    requests.look();
    reported = false;
    LockSupport.parkNanos(this, lookNanos);
  }

  private void renewDue() {
    boolean due = false;
    for (HeldClaim claim : held) {
      due |= claim.isRenewalDue();
    }
    if (!due) {
      return;
    }
    List<HeldClaim> claims = new ArrayList<>();
    for (HeldClaim claim : held) {
      if (claim.isRenewalNear()) {
        claims.add(claim);
      }
    }
    for (int i = 0; i < claims.size(); i += TOGETHER_MAX) {
      renew(claims.subList(i, Math.min(i + TOGETHER_MAX, claims.size())));
    }
  }

  private void renew(List<HeldClaim> claims) {
    Hold.Sending sending = Hold.Sending.now(engine.clock());
    List<Supplier<List<Claim>>> runs = new ArrayList<>(claims.size());
    for (HeldClaim claim : claims) {
      runs.add(() -> claim.run().open().stream().map(RunClaim::claim).toList());
    }
    List<ClaimRenewal> renewals =
        engine.verbFirst(new RenewingClaims(verbs, settings.queue(), settings.ttl(), runs));
    for (int i = 0; i < claims.size(); i++) {
      HeldClaim claim = claims.get(i);
      claim.renewed(renewals.get(i), sending);
      if (claim.isLost()) {
        held.remove(claim);
      }
    }
  }

  private void report(Throwable failure) {
    if (!reported) {
      reported = true;
      engine.warn("queue " + settings.queue() + ": cannot renew claims; trying again", failure);
    }
  }
}

package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.Tx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The claims that the workers of one open store hold. A transaction of this store that settles,
 * names or cancels one of them notifies the registry. The worker is notified when the transaction
 * has committed, and before the transaction's caller continues. Safe for use by many threads.
 */
final class ClaimRegistry {
  private final StoreEngine engine;
  private final Map<Key, HeldClaim> held = new ConcurrentHashMap<>();

  ClaimRegistry(StoreEngine engine) {
    this.engine = engine;
  }

  void add(HeldClaim claim) {
    held.put(Key.of(claim.claim()), claim);
  }

  void remove(HeldClaim claim) {
    claim.run().all().forEach(one -> held.remove(Key.of(one.claim()), claim));
  }

  /** Notes that {@code tx} finishes the work of {@code claim}. */
  void finished(Tx tx, Claim claim) {
    afterCommit(tx, claim, found -> found.run().finished(claim));
  }

  /** The work of {@code claim} has been finished. */
  void finished(Claim claim) {
    inRun(claim, found -> found.run().finished(claim));
  }

  /** {@code tx} gives {@code claim} back, and with it what is behind it in its grant. */
  void givenBack(Tx tx, Claim claim) {
    afterCommit(tx, claim, found -> found.run().givenBack(claim));
  }

  /** Notes that a commit that names {@code claim} was accepted in {@code tx}. */
  void committed(Tx tx, Claim claim) {
    afterCommit(tx, claim, found -> found.run().find(claim).ifPresent(RunClaim::committed));
  }

  /**
   * Notes that a commit that names {@code claim} was refused in {@code tx}, for the reason {@code
   * why}. The refusal counts even if the body is then rolled back.
   */
  void refused(Tx tx, Claim claim, Supplier<? extends Throwable> why) {
    if (!held.isEmpty()) {
      engine.signal(
          tx,
          StoreEngine.Event.OUTCOME,
          () ->
              inRun(
                  claim,
                  found -> found.run().find(claim).ifPresent(one -> one.refused(why.get()))));
    }
  }

  /**
   * Notes that {@code more} joins the grant of {@code claim} in {@code tx}, and so the run of its
   * handler.
   *
   * @return {@code more}
   */
  List<Claim> joined(Tx tx, Claim claim, List<Claim> more) {
    afterCommit(
        tx,
        claim,
        found -> {
          // Put first: after join, another thread may end the run and remove them.
          more.forEach(one -> held.put(Key.of(one), found));
          if (!found.run().join(more)) {
            more.forEach(one -> held.remove(Key.of(one), found));
          }
        });
    return more;
  }

  /** Notes that {@code tx} cancels work, with the result {@code cancellation}. */
  void cancelled(Tx tx, String queue, long workId, Cancellation cancellation) {
    if (cancellation == Cancellation.REQUESTED) {
      engine.signalAfterCommit(tx, () -> cancelRequested(queue, workId));
    }
  }

  private void cancelRequested(String queue, long workId) {
    held.forEach(
        (key, found) -> {
          if (key.workId == workId && key.queue.equals(queue)) {
            found.cancelSignal().request();
          }
        });
  }

  /** Notes that cancellation of a claim was requested. */
  void cancelRequested(String queue, long workId, long token) {
    HeldClaim found = held.get(new Key(queue, workId, token));
    if (found != null) {
      found.cancelSignal().request();
    }
  }

  /** Looks up the claim after the commit, because it may join its run in {@code tx}. */
  private void afterCommit(Tx tx, Claim claim, Consumer<HeldClaim> action) {
    if (!held.isEmpty()) {
      engine.signalAfterCommit(tx, () -> inRun(claim, action));
    }
  }

  private void inRun(Claim claim, Consumer<HeldClaim> action) {
    HeldClaim found = held.get(Key.of(claim));
    if (found != null) {
      action.accept(found);
    }
  }

  private record Key(String queue, long workId, long token) {
    static Key of(Claim claim) {
      return new Key(claim.queue(), claim.workId(), claim.token());
    }

    // Written out for the reason given in Awaited.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && key.workId == workId
          && key.token == token
          && key.queue.equals(queue);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(token) * 31 + Long.hashCode(workId);
    }
  }
}

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
 * What the workers of one open store hold, so that they learn what its transactions do with it:
 * once they have committed, and before anybody is told of that. Safe for use by many threads.
 */
final class HeldClaims {
  private final StoreEngine engine;
  private final Map<Key, HeldClaim> held = new ConcurrentHashMap<>();

  HeldClaims(StoreEngine engine) {
    this.engine = engine;
  }

  void add(HeldClaim run) {
    held.put(Key.of(run.claim()), run);
  }

  void remove(HeldClaim run) {
    run.claims().all().forEach(one -> held.remove(Key.of(one.claim()), run));
  }

  /** {@code tx} finishes the work of {@code claim}. */
  void finished(Tx tx, Claim claim) {
    afterCommit(tx, claim, run -> run.claims().finished(claim));
  }

  /** {@code tx} gives {@code claim} back, and with it what stands behind it in its grant. */
  void givenBack(Tx tx, Claim claim) {
    afterCommit(tx, claim, run -> run.claims().givenBack(claim));
  }

  /** A commit that names {@code claim} is not refused in {@code tx}. */
  void committed(Tx tx, Claim claim) {
    afterCommit(tx, claim, run -> run.claims().find(claim).ifPresent(RunClaim::committed));
  }

  /** A commit that names {@code claim} is refused in {@code tx}, for the reason {@code why}. */
  void refused(Tx tx, Claim claim, Supplier<? extends Throwable> why) {
    afterCommit(
        tx, claim, run -> run.claims().find(claim).ifPresent(one -> one.refused(why.get())));
  }

  /** In {@code tx} {@code more}, which it returns, joins the grant of {@code claim} and its run. */
  List<Claim> joined(Tx tx, Claim claim, List<Claim> more) {
    afterCommit(
        tx,
        claim,
        run -> {
          more.forEach(one -> held.put(Key.of(one), run)); // found by whoever ends the run now
          if (!run.claims().join(more)) {
            more.forEach(one -> held.remove(Key.of(one), run));
          }
        });
    return more;
  }

  /** {@code tx} has come to {@code cancellation}, which it returns, of the work {@code workId}. */
  Cancellation told(Tx tx, String queue, long workId, Cancellation cancellation) {
    if (cancellation == Cancellation.REQUESTED) {
      engine.signalAfterCommit(tx, () -> cancelled(queue, workId));
    }
    return cancellation;
  }

  private void cancelled(String queue, long workId) {
    held.forEach(
        (key, run) -> {
          if (key.workId == workId && key.queue.equals(queue)) {
            run.cancelWish().request();
          }
        });
  }

  /** Somebody has asked to cancel the work of this grant. */
  void cancelled(String queue, long workId, long token) {
    HeldClaim run = held.get(new Key(queue, workId, token));
    if (run != null) {
      run.cancelWish().request();
    }
  }

  /** The run is looked for at the commit: the claim may have joined it in {@code tx}. */
  private void afterCommit(Tx tx, Claim claim, Consumer<HeldClaim> action) {
    if (!held.isEmpty()) {
      engine.signalAfterCommit(
          tx,
          () -> {
            HeldClaim run = held.get(Key.of(claim));
            if (run != null) {
              action.accept(run);
            }
          });
    }
  }

  private record Key(String queue, long workId, long token) {
    static Key of(Claim claim) {
      return new Key(claim.queue(), claim.workId(), claim.token());
    }

    // Written out, as in Awaited: those of a record are linked when they are first called.
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

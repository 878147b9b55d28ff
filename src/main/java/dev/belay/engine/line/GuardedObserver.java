package dev.belay.engine.line;

import dev.belay.store.BelayObserver;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An observer that passes every event to another observer and throws nothing: what the other throws
 * is logged. Safe for use by many threads.
 */
public final class GuardedObserver implements BelayObserver {
  private final BelayObserver observer;
  private final boolean wantsAll;

  private GuardedObserver(@Nullable BelayObserver observer) {
    this.observer = observer == null ? new BelayObserver() {} : observer;
    this.wantsAll = observer != null;
  }

  /**
   * Returns the observer of a store. If {@code observer} is null, failures are logged and no other
   * event is reported.
   */
  public static GuardedObserver ofStore(@Nullable BelayObserver observer) {
    return new GuardedObserver(observer);
  }

  /** Returns {@code observer} behind a guard. */
  public static BelayObserver of(BelayObserver observer) {
    return new GuardedObserver(observer);
  }

  /** Returns whether it is notified of everything, and not only of failures. */
  public boolean wantsAll() {
    return wantsAll;
  }

  /** Returns the notes for a request whose verb is being called; null if no observer wants them. */
  public @Nullable TxNotes notes(RequestKind kind) {
    return wantsAll && kind != RequestKind.LOOK ? new TxNotes(this, kind) : null;
  }

  /**
   * Returns what receives checkpoints, on one of {@code callbacks}; null if no observer wants them.
   */
  public @Nullable Consumer<CheckpointEvent> checkpoints(Executor callbacks) {
    return wantsAll ? event -> callbacks.execute(() -> checkpoint(event)) : null;
  }

  private <E> void report(BiConsumer<BelayObserver, E> method, E event) {
    try {
      method.accept(observer, event);
    } catch (Throwable e) { // the reported event has happened all the same
      SafeLog.log(Level.ERROR, "a BelayObserver failed", e);
    }
  }

  @Override
  public void transaction(TxEvent event) {
    report(BelayObserver::transaction, event);
  }

  @Override
  public void sessionCommit(CommitEvent event) {
    report(BelayObserver::sessionCommit, event);
  }

  @Override
  public void lease(LeaseEvent event) {
    report(BelayObserver::lease, event);
  }

  @Override
  public void claim(ClaimEvent event) {
    report(BelayObserver::claim, event);
  }

  @Override
  public void settlement(SettlementEvent event) {
    report(BelayObserver::settlement, event);
  }

  @Override
  public void checkpoint(CheckpointEvent event) {
    report(BelayObserver::checkpoint, event);
  }

  @Override
  public void attemptFailed(AttemptFailure event) {
    report(BelayObserver::attemptFailed, event);
  }

  @Override
  public void completionLost(String queue, long workId, String worker, int attempt) {
    report((to, id) -> to.completionLost(queue, id, worker, attempt), workId);
  }

  @Override
  public String toString() {
    return observer.toString();
  }
}

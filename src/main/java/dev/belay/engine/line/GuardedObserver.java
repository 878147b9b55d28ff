package dev.belay.engine.line;

import dev.belay.store.BelayObserver;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An observer that throws nothing: what the one behind it throws is logged. Safe for use by many
 * threads.
 */
public final class GuardedObserver implements BelayObserver {
  private final BelayObserver observer;
  private final boolean wantsAll;

  private GuardedObserver(BelayObserver observer, boolean wantsAll) {
    this.observer = observer;
    this.wantsAll = wantsAll;
  }

  /** The observer of a store, null: failures are logged, and nothing else is told. */
  public static GuardedObserver ofStore(@Nullable BelayObserver observer) {
    return observer == null
        ? new GuardedObserver(new BelayObserver() {}, false)
        : new GuardedObserver(observer, true);
  }

  /** Returns {@code observer} behind a guard. */
  public static BelayObserver of(BelayObserver observer) {
    return new GuardedObserver(observer, true);
  }

  /** Whether it is told everything, and not failures alone. */
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

  private <E> void tell(BiConsumer<BelayObserver, E> method, E event) {
    try {
      method.accept(observer, event);
    } catch (Throwable e) { // whatever is told of has happened
      SafeLog.log(Level.ERROR, "a BelayObserver failed", e);
    }
  }

  @Override
  public void transaction(TxEvent event) {
    tell(BelayObserver::transaction, event);
  }

  @Override
  public void sessionCommit(CommitEvent event) {
    tell(BelayObserver::sessionCommit, event);
  }

  @Override
  public void lease(LeaseEvent event) {
    tell(BelayObserver::lease, event);
  }

  @Override
  public void claim(ClaimEvent event) {
    tell(BelayObserver::claim, event);
  }

  @Override
  public void settlement(SettlementEvent event) {
    tell(BelayObserver::settlement, event);
  }

  @Override
  public void checkpoint(CheckpointEvent event) {
    tell(BelayObserver::checkpoint, event);
  }

  @Override
  public void attemptFailed(AttemptFailure event) {
    tell(BelayObserver::attemptFailed, event);
  }

  @Override
  public void completionLost(String queue, long workId, String worker, int attempt) {
    tell((to, id) -> to.completionLost(queue, id, worker, attempt), workId);
  }

  @Override
  public String toString() {
    return observer.toString();
  }
}

package dev.belay.queue;

/**
 * What a {@link WorkHandler} can ask and say about its work. Safe for use by many threads, also
 * after the handler has returned.
 */
public interface WorkContext {
  /** The claim as it was renewed last. */
  Claim claim();

  /**
   * Whether the claim is certainly live: no other worker has the work. Turns false a margin before
   * the store would let another worker in, by the store's clock and by {@link System#nanoTime},
   * whichever is stricter, and once all that the run holds was settled by a transaction of this
   * store. Asks neither the store nor another thread.
   *
   * <p>A handler whose claim is lost is not interrupted: what it does has no effect, and whatever
   * it writes with the claim is refused, but only the handler knows where it can stop.
   */
  boolean isHeld();

  /**
   * Whether someone asked to cancel the work, or what joined it by {@link WorkQueue#claimMore}.
   * Known at once if this {@code Belay} was asked; if another process was, once this one notices
   * its commit, which takes some tens of milliseconds, and with the next renewal at the latest.
   */
  boolean isCancelRequested();

  /**
   * Has {@code action} run, once, as soon as {@link #isCancelRequested}; at once if it is already.
   * It runs on a {@code belay-callback} thread and may block. It does not run once the handler has
   * ended; what it throws is logged.
   */
  void onCancel(Runnable action);

  /**
   * Commits, and throws if the commit is refused: what a handler should use, because a refusal that
   * is ignored is no failure. {@code SessionCommit} is the commit there is; this method is {@code
   * sessions().commit(commit).orThrow()}.
   *
   * @return the result of the commit: {@code CommitOutcome.Committed}
   * @throws RuntimeException {@code CommitRefusedException} if it is refused; let it pass, and the
   *     attempt fails
   */
  <R> R commit(HandlerCommit<R> commit);

  /**
   * Sets the result of the work, for a handler that returns and has not settled the claim itself.
   * The last one counts. It is the result of {@link #claim}, not of what joined it.
   *
   * @throws IllegalArgumentException if it breaks {@link dev.belay.store.TextRule}
   */
  void result(String result);
}

package dev.belay.queue;

/**
 * The context of one run of a {@link WorkHandler}. Safe for use by many threads, also after the
 * handler has returned.
 */
public interface WorkContext {
  /** Returns the claim as of its last renewal. */
  Claim claim();

  /**
   * Returns whether the claim is certainly live, so that no other worker has the work. The method
   * uses neither the store nor another thread. It returns false
   *
   * <ul>
   *   <li>from a margin before the expiry on, by the store's clock or by {@link System#nanoTime},
   *       whichever is earlier;
   *   <li>after transactions of this store have settled all claims of the run;
   *   <li>after the claim was lost.
   * </ul>
   *
   * <p>A handler whose claim is lost is not interrupted, because only the handler knows where it
   * can stop. All writes with the claim are refused.
   */
  boolean isHeld();

  /**
   * Returns whether a caller requested cancellation of the work, or of work that joined it by
   * {@link WorkQueue#claimMore}. A request through this {@code Belay} is visible immediately. A
   * request of another process is visible when this process notices the commit, which takes some
   * tens of milliseconds, and at the latest after the next renewal.
   */
  boolean isCancelRequested();

  /**
   * Registers an action that runs once when {@link #isCancelRequested} becomes true; immediately if
   * it is already true. It runs on a {@code belay-callback} thread and may block. It does not run
   * after the handler has ended. An exception of the action is logged.
   */
  void onCancel(Runnable action);

  /**
   * Commits to a session as {@code sessions().commit(commit).orThrow()}. A handler should use this
   * method, so that it cannot ignore a refusal.
   *
   * @param commit a {@code SessionCommit}
   * @return the result of the commit: {@code CommitOutcome.Committed}
   * @throws RuntimeException {@code CommitRefusedException} if the commit is refused; if the
   *     handler does not catch it, the attempt fails
   */
  <R> R commit(HandlerCommit<R> commit);

  /**
   * Sets the result with which the worker completes {@link #claim} after the handler has returned;
   * not that of claims that joined it. The last call counts. It has no effect if the handler
   * settles the claim itself.
   *
   * @throws IllegalArgumentException if it breaks {@link dev.belay.store.TextRule}
   */
  void result(String result);
}

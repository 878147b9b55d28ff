package dev.belay.queue;

/**
 * Does the work of a queue; see {@link Worker}. Must be safe for use by many threads: all threads
 * of a worker call it.
 */
@FunctionalInterface
public interface WorkHandler {
  /**
   * Does the work of {@code claim}, wholly or not at all as far as it can: after a crash, or a
   * claim that was lost, the work is done again. What must happen exactly once goes into one
   * transaction with the settlement of the claim.
   *
   * @throws Exception to have the work tried again later, and buried after the last attempt; its
   *     class and message are kept with the work
   */
  void handle(Claim claim, WorkContext context) throws Exception;
}

package dev.belay.queue;

/**
 * The code of the application that does the work of a queue; see {@link Worker}. Must be safe for
 * use by many threads: all threads of a worker call it.
 */
@FunctionalInterface
public interface WorkHandler {
  /**
   * Does the work of {@code claim}, as far as possible completely or not at all: after a crash or a
   * lost claim, the work is done again. Effects that must happen exactly once go into the
   * transaction that settles the claim.
   *
   * @throws Exception if the attempt fails: the work is tried again later, or buried after the last
   *     attempt; the class and message are stored with the work
   */
  void handle(Claim claim, WorkContext context) throws Exception;
}

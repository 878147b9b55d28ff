package dev.belay.queue;

/**
 * What a {@link WorkHandler} can know and say of the work that it does. Safe for use by many
 * threads, also after the handler has returned.
 */
public interface WorkContext {
  /** The claim as it was renewed last. */
  Claim claim();

  /**
   * Whether the claim is certainly live: nobody else has the work. Turns false a margin before the
   * store would let anybody else in, by the store's clock and by {@link System#nanoTime}, whichever
   * is stricter. Asks neither the store nor another thread. After the handler has settled the claim
   * itself it may stay true until the claim would have been renewed.
   *
   * <p>A handler whose claim is lost is not interrupted: what it does is in vain, and whatever it
   * writes with the claim is refused, but only the handler knows where it can stop.
   */
  boolean isHeld();

  /** Whether somebody asked to cancel the work; known with the next renewal after that. */
  boolean isCancelRequested();

  /**
   * Keeps what comes of the work, if the handler returns and has not settled the claim itself. The
   * last one counts.
   *
   * @throws IllegalArgumentException if it breaks {@link dev.belay.store.TextRule}
   */
  void result(String result);
}

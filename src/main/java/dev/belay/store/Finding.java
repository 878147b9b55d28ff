package dev.belay.store;

/**
 * A fact about a store that should not be so: what {@code Belay.check} returns. Immutable, safe for
 * use by many threads.
 *
 * @param rule the stable, short name of the rule that the store breaks, for example {@code
 *     session-gap}; {@code docs/operate.md} lists them
 * @param subject what breaks it, for example {@code session a}, {@code lease b} or {@code work 7 of
 *     queue c}; ids are shown as they are stored, with their control characters
 * @param message what was found, never with a payload
 */
public record Finding(String rule, String subject, String message) {
  /** The maximum number of findings of one check; one more says that there are others: 1,000. */
  public static final int MAX = 1_000;

  /** The rule of the last finding of a check that has found more than {@link #MAX}. */
  public static final String MORE = "more";

  /** What a check reads. Immutable, safe for use by many threads. */
  public enum Scope {
    /** The rows, in short reads beside everything else. */
    ROWS,

    /**
     * As {@link #ROWS}, and all pages of the file and its indexes, in one long snapshot. The
     * write-ahead log grows by all that is written meanwhile.
     */
    PAGES
  }
}

package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;

/** How many items a run has: enough for seconds of work, whatever the pace. */
public enum ItemCounts {
  /** Tens of thousands a second. */
  FAST(40_000, 10_000),
  /** Thousands a second. */
  MIDDLING(20_000, 5_000),
  /** Hundreds a second. */
  SLOW(6_000, 1_500);

  private static final int SMOKE = 60;

  private final int full;
  private final int quick;

  ItemCounts(int full, int quick) {
    this.full = full;
    this.quick = quick;
  }

  /** The items of a run. */
  public int of(Effort effort) {
    return switch (effort) {
      case SMOKE -> SMOKE;
      case QUICK -> quick;
      case FULL -> full;
    };
  }
}

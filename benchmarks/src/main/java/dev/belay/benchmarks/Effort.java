package dev.belay.benchmarks;

/** How much a run spends on each figure. */
public enum Effort {
  /** As short as it runs at all: proves that nothing has rotted, measures nothing. */
  SMOKE,
  /** A few seconds a figure. */
  QUICK,
  /** What the published figures are made with. */
  FULL
}

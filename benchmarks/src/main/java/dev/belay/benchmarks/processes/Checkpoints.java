package dev.belay.benchmarks.processes;

/** After how many pages of the log a commit also makes a checkpoint. Immutable. */
enum Checkpoints {
  /** SQLite's default, which whoever sets nothing gets. */
  STOCK(1_000),
  /** As Belay's writer has it, and whoever tunes by hand would. */
  TUNED(4_000);

  private final int pages;

  Checkpoints(int pages) {
    this.pages = pages;
  }

  int pages() {
    return pages;
  }
}

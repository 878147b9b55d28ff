package dev.belay.examples;

/**
 * What a writer has done so far. Immutable, safe for use by many threads.
 *
 * @param round the round it has come to
 * @param commits lines that it was the first to commit
 * @param replays lines that it committed and found committed before
 * @param conflicts lines that it tried too early
 * @param longestNs the longest that one commit took, in nanoseconds
 */
record WriterStatus(int round, long commits, long replays, long conflicts, long longestNs) {
  static final WriterStatus NONE = new WriterStatus(0, 0, 0, 0, 0);

  /** Both together. */
  WriterStatus plus(WriterStatus other) {
    return new WriterStatus(
        Math.max(round, other.round),
        commits + other.commits,
        replays + other.replays,
        conflicts + other.conflicts,
        Math.max(longestNs, other.longestNs));
  }

  /** As a line from process to process. */
  String toLine() {
    return round + " " + commits + " " + replays + " " + conflicts + " " + longestNs;
  }

  /** What {@link #toLine} was made of. */
  static WriterStatus ofLine(String line) {
    String[] parts = line.split(" ", -1);
    return new WriterStatus(
        Integer.parseInt(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]),
        Long.parseLong(parts[4]));
  }
}

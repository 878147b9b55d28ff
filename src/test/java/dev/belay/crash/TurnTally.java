package dev.belay.crash;

import java.util.stream.IntStream;

/** What the threads of one {@link TurnWriter} have said, as far as it was heard. */
final class TurnTally {
  private final long[] acknowledged;
  private final long[] inside;

  /** {@code turns}: what the file held of each thread before. */
  TurnTally(long[] turns) {
    acknowledged = turns.clone();
    inside = new long[turns.length];
  }

  void hear(String line) {
    String[] words = line.split(" ", -1);
    long[] turns = words[0].equals("inside") ? inside : acknowledged;
    turns[Integer.parseInt(words[1])] = Long.parseLong(words[2]);
  }

  /** The last turn of {@code writer} that was acknowledged, 0 if none ever was. */
  long acknowledged(int writer) {
    return acknowledged[writer];
  }

  /** How many threads had written a turn and were waiting for its commit. */
  long waiting() {
    return IntStream.range(0, inside.length)
        .filter(writer -> inside[writer] > acknowledged[writer])
        .count();
  }
}

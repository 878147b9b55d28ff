package dev.belay.benchmarks.peer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Who goes first, in turn: so that no peer always finds the machine as another has left it.
 * Stateless.
 */
public final class Rotation {
  private Rotation() {}

  /** The peers in the order of {@code round}; they are those who are measured, and no others. */
  public static <T> List<T> of(List<T> peers, int round) {
    List<T> rotated = new ArrayList<>(peers);
    Collections.rotate(rotated, -round);
    return rotated;
  }
}

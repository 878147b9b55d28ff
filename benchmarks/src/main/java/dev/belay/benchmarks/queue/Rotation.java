package dev.belay.benchmarks.queue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Who goes first, in turn: so that no peer always finds the machine as another has left it. */
final class Rotation {
  private Rotation() {}

  static <T> List<T> of(List<T> peers, int round) {
    List<T> rotated = new ArrayList<>(peers);
    Collections.rotate(rotated, -(round % peers.size()));
    return rotated;
  }
}

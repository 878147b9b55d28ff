package dev.belay.benchmarks.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One metric in one setting of one question, of all peers and rounds. Immutable once made. */
record Figure(Key key, Map<String, Map<Integer, Double>> byPeerAndRound) {
  /** What figures are told apart by. Immutable. */
  record Key(String question, String setting, String metric, String unit) {}

  /** The figures in the order in which they were first measured. */
  static List<Figure> of(List<Sample> samples) {
    Map<Key, Figure> figures = new LinkedHashMap<>();
    for (Sample sample : samples) {
      Key key = new Key(sample.question(), sample.setting(), sample.metric(), sample.unit());
      figures
          .computeIfAbsent(key, k -> new Figure(k, new LinkedHashMap<>()))
          .byPeerAndRound()
          .computeIfAbsent(sample.peer(), peer -> new TreeMap<>())
          .put(sample.round(), sample.value());
    }
    return List.copyOf(figures.values());
  }

  /** The middle of the rounds; of a maximum the largest, or the longest wait would not be told. */
  Spread absolute(String peer) {
    Spread spread = Spread.of(byPeerAndRound.get(peer).values());
    return isMaximum() ? spread.withValue(spread.max()) : spread;
  }

  /**
   * The peer divided by the base: the middle of what that is within each round, and both ends. Of a
   * maximum, the largest divided by the largest. Empty where there is nothing to divide by, and of
   * percent: a base near 0 would make any ratio, and they can be compared as they are.
   */
  Optional<Spread> ratio(String peer, String base) {
    List<Double> ratios = ratios(peer, base);
    if (ratios.isEmpty() || key.unit().equals("%")) {
      return Optional.empty();
    }
    Spread spread = Spread.of(ratios);
    return Optional.of(
        isMaximum() ? spread.withValue(largest(peer, base) / largest(base, peer)) : spread);
  }

  private boolean isMaximum() {
    return key.metric().equals("max") || key.metric().endsWith(" max");
  }

  /** Of the rounds that have {@code other} too. */
  private double largest(String peer, String other) {
    Map<Integer, Double> rounds = new TreeMap<>(byPeerAndRound.get(peer));
    rounds.keySet().retainAll(byPeerAndRound.get(other).keySet());
    return Collections.max(rounds.values());
  }

  private List<Double> ratios(String peer, String base) {
    Map<Integer, Double> bases = byPeerAndRound.getOrDefault(base, Map.of());
    List<Double> ratios = new ArrayList<>();
    byPeerAndRound
        .get(peer)
        .forEach(
            (round, value) -> {
              Double divisor = bases.get(round);
              if (divisor != null && divisor != 0) {
                ratios.add(value / divisor);
              }
            });
    return ratios;
  }

  /** Whether it says nothing: a count of what never happened. */
  boolean isAllZero() {
    return byPeerAndRound.values().stream()
        .flatMap(rounds -> rounds.values().stream())
        .allMatch(value -> value == 0);
  }
}

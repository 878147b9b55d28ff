package dev.belay.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  Spread absolute(String peer) {
    return Spread.of(byPeerAndRound.get(peer).values());
  }

  /** The peer divided by the base, round by round; empty where there is nothing to divide by. */
  List<Double> ratios(String peer, String base) {
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

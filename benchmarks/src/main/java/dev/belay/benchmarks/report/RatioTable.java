package dev.belay.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every figure of the results beside its base. Stateless. */
public final class RatioTable {
  private static final List<String> HEADER =
      List.of("question", "setting", "metric", "peer", "of the rounds", "ratio [min–max]");

  private RatioTable() {}

  /** A line for each peer of each figure, the ratio being the peer divided by the base. */
  public static String of(Results results) {
    List<List<String>> rows = new ArrayList<>();
    for (Figure figure : Figure.of(results.samples())) {
      if (!figure.isAllZero()) {
        rows.addAll(rows(figure, results.bases()));
      }
    }
    return TextTable.of(HEADER, rows);
  }

  private static List<List<String>> rows(Figure figure, Map<String, String> bases) {
    Figure.Key key = figure.key();
    String base = bases.getOrDefault(key.question(), "");
    Set<String> peers = figure.byPeerAndRound().keySet();
    List<List<String>> rows = new ArrayList<>();
    // the base first, whoever happened to begin
    peers.stream().filter(base::equals).forEach(peer -> rows.add(row(figure, peer, base)));
    peers.stream()
        .filter(peer -> !peer.equals(base))
        .sorted()
        .forEach(peer -> rows.add(row(figure, peer, base)));
    return rows;
  }

  private static List<String> row(Figure figure, String peer, String base) {
    Figure.Key key = figure.key();
    return List.of(
        key.question(),
        key.setting(),
        key.metric(),
        peer,
        Spread.number(figure.absolute(peer).value()) + " " + key.unit(),
        peer.equals(base) ? "1" : figure.ratio(peer, base).map(Spread::asRatio).orElse(""));
  }
}

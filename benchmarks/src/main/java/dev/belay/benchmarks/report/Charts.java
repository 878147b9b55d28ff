package dev.belay.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Draws the charts of a run. Stateless. */
public final class Charts {
  private static final Pattern CALLERS =
      Pattern.compile("(?<column>\\d+) callers?, (?<sync>\\w+), 200 B(, group \\d+)?");
  private static final Pattern PROCESSES =
      Pattern.compile("(?<column>\\d+) process(es)? × 4 callers, NORMAL, .*");
  private static final Pattern COMMITTERS =
      Pattern.compile("(?<column>\\d+) callers?, synchronous_commit (on|off), 200 B");
  private static final String BELAY = "belay";

  private Charts() {}

  /** Writes those that the results have figures for into {@code folder}, over what was there. */
  public static void draw(Results results, Path folder) throws IOException {
    List<Figure> figures = Figure.of(results.samples());
    List<Panel> throughput =
        List.of(
            panel("NORMAL: no fsync at commit", figures, CALLERS, throughput("NORMAL")),
            panel("FULL: an fsync at commit", figures, CALLERS, throughput("FULL")));
    write(
        folder.resolve("throughput.svg"),
        new Chart(
            "Transactions a second: a head moves by CAS, 200 B are appended",
            where(results),
            "callers",
            "1/s",
            false,
            throughput));
    List<Panel> waits =
        List.of(
            panel("p50", figures, PROCESSES, wait("wait p50")),
            panel("p99", figures, PROCESSES, wait("wait p99")),
            panel("longest", figures, PROCESSES, wait("wait max")));
    write(
        folder.resolve("waits.svg"),
        new Chart(
            "How long a write takes while several processes write one file",
            where(results),
            "processes of 4 callers each",
            "ms",
            true,
            waits));
    drawPostgres(results, figures, folder);
  }

  private static void drawPostgres(Results results, List<Figure> figures, Path folder)
      throws IOException {
    write(
        folder.resolve("postgres-throughput.svg"),
        new Chart(
            "Commits a second on PostgreSQL: a head moves, 200 B are appended",
            where(results),
            "callers",
            "1/s",
            false,
            List.of(
                panel("on: fsync at commit", figures, COMMITTERS, commits("throughput", "on")),
                panel("off: fsync later", figures, COMMITTERS, commits("throughput", "off")))));
    write(
        folder.resolve("postgres-waits.svg"),
        new Chart(
            "How long a commit takes on PostgreSQL, fsync at commit",
            where(results),
            "callers",
            "ms",
            true,
            List.of(
                panel("p50", figures, COMMITTERS, commits("commit p50", "on")),
                panel("p99", figures, COMMITTERS, commits("commit p99", "on")))));
  }

  private static Predicate<Figure.Key> commits(String metric, String sync) {
    return key ->
        key.question().equals("pg commit")
            && key.metric().equals(metric)
            && key.setting().contains("synchronous_commit " + sync + ",");
  }

  private static Predicate<Figure.Key> throughput(String sync) {
    return key ->
        key.question().equals("transaction")
            && key.metric().equals("throughput")
            && key.setting().contains(sync);
  }

  private static Predicate<Figure.Key> wait(String metric) {
    return key -> key.question().equals("contention") && key.metric().equals(metric);
  }

  private static String where(Results results) {
    Machine machine = results.machine();
    return String.join(
        ", ",
        results.date(),
        machine.cpu(),
        machine.cores() + " cores",
        machine.fileSystem(),
        results.rounds() + (results.rounds() == 1 ? " round" : " rounds"));
  }

  private static Panel panel(
      String title, List<Figure> figures, Pattern setting, Predicate<Figure.Key> wanted) {
    List<String> columns = new ArrayList<>();
    Map<String, Map<String, Spread>> lines = new LinkedHashMap<>();
    for (Figure figure : figures) {
      Matcher matcher = setting.matcher(figure.key().setting());
      if (matcher.matches() && wanted.test(figure.key())) {
        String column = matcher.group("column");
        columns.add(column);
        for (String peer : figure.byPeerAndRound().keySet()) {
          lines
              .computeIfAbsent(peer, each -> new LinkedHashMap<>())
              .put(column, figure.absolute(peer));
        }
      }
    }
    columns.sort(Comparator.comparingInt(Integer::parseInt));
    return new Panel(title, columns, lines);
  }

  private static void write(Path file, Chart chart) throws IOException {
    List<String> peers =
        chart.panels().stream()
            .flatMap(panel -> panel.lines().keySet().stream())
            .distinct()
            .sorted(Comparator.comparing((String peer) -> !peer.equals(BELAY)))
            .toList();
    if (!peers.isEmpty()) {
      Files.writeString(file, chart.svg(peers));
    }
  }
}

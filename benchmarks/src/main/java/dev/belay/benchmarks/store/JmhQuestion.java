package dev.belay.benchmarks.store;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.peer.Fixtures;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * A question that one JMH benchmark answers, peer by peer, each in a fresh JVM. Immutable.
 *
 * <p>Where commits wait for the disk, the time of an fsync is measured beside them.
 *
 * @param roundsFull how many rounds are enough with full effort
 * @param grows whether the peers are sizes of one thing, the smallest first
 */
record JmhQuestion(
    String name,
    Class<?> benchmark,
    String method,
    String metric,
    List<JmhPeer> peers,
    List<JmhSetting> settings,
    int roundsFull,
    boolean grows)
    implements Question {
  /** One that is not about growth. */
  JmhQuestion(
      String name,
      Class<?> benchmark,
      String method,
      String metric,
      List<JmhPeer> peers,
      List<JmhSetting> settings,
      int roundsFull) {
    this(name, benchmark, method, metric, peers, settings, roundsFull, false);
  }

  /** The first peer. */
  @Override
  public String base() {
    return peers.get(0).name();
  }

  @Override
  public List<String> sizes() {
    return grows ? peers.stream().map(JmhPeer::name).toList() : List.of();
  }

  @Override
  public int rounds(Effort effort) {
    return effort == Effort.FULL ? roundsFull : 1;
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    boolean smoke = effort == Effort.SMOKE;
    for (JmhSetting setting : smoke ? settings.subList(0, 1) : settings) {
      for (JmhPeer peer : order(setting, round, smoke)) {
        measure(setting, peer, round, effort, samples);
      }
      if (setting.waitsForDisk()) {
        double fsyncUs = FsyncProbe.medianUs(smoke ? 3 : 300);
        new Figures(samples, name, setting.text(), "disk", round).add("fsync", "µs", fsyncUs);
      }
    }
  }

  /** Those measured, in turn; were others among them, the one behind would begin twice. */
  List<JmhPeer> order(JmhSetting setting, int round, boolean smoke) {
    return Rotation.of(
        peers.stream().filter(peer -> smoke ? peer.quick() : setting.measures(peer)).toList(),
        round);
  }

  private void measure(JmhSetting setting, JmhPeer peer, int round, Effort effort, Samples samples)
      throws Exception {
    Map<String, String> params = new HashMap<>(setting.params());
    params.putAll(peer.params());
    params.computeIfPresent(Fixtures.PARAM, (param, none) -> Fixtures.folder().toString());
    int threads = peer.threads() > 0 ? peer.threads() : setting.threads();
    RunResult run = new JmhRun(benchmark, method, threads, params).run(effort);
    Map<String, Result<?>> results = new TreeMap<>();
    run.getSecondaryResults().forEach(results::put);
    if (!metric.equals(WallThroughput.LABEL)) {
      results.remove(WallThroughput.LABEL);
      results.put(metric, run.getPrimaryResult());
    }
    Figures figures = new Figures(samples, name, setting.text(), peer.name(), round);
    results.forEach((label, result) -> figures.add(label, unit(result), result.getScore()));
  }

  private static String unit(Result<?> result) {
    return result.getScoreUnit().replace("us", "µs").replace("#", "times");
  }

  @Override
  public Question narrowed(Predicate<String> setting, Predicate<String> peer) {
    return new JmhQuestion(
        name,
        benchmark,
        method,
        metric,
        peers.stream()
            .filter(each -> each.name().equals(base()) || peer.test(each.name()))
            .toList(),
        settings.stream().filter(each -> setting.test(each.text())).toList(),
        roundsFull,
        grows);
  }
}

package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.child.Children;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.HdrHistogram.Histogram;

/**
 * How long a renewal takes while a verb of another process has to do with very much at once.
 * Belongs to one thread.
 *
 * <p>The lease is renewed every 3 ms; "verb" is how long the verb took, closing included. No verb
 * may keep a renewal waiting for longer than a quarter of a second, however much falls due, lapses
 * or is to be deleted.
 */
public final class RenewalBeside extends NamedQuestion {
  private static final String NAME = "renewal beside";
  private static final String NOTHING = "nothing beside";
  private static final Duration VERB_MAX = Duration.ofMinutes(5);

  private final Predicate<String> settings;
  private final Predicate<String> peers;

  /** For the list of questions. */
  public RenewalBeside() {
    this(setting -> true, peer -> true);
  }

  private RenewalBeside(Predicate<String> settings, Predicate<String> peers) {
    super(NAME, NOTHING, 1);
    this.settings = settings;
    this.peers = peers;
  }

  @Override
  public Question narrowed(Predicate<String> setting, Predicate<String> peer) {
    return new RenewalBeside(setting, peer);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    int size =
        switch (effort) {
          case SMOKE -> 1_000;
          case QUICK -> 20_000;
          case FULL -> 100_000;
        };
    Map<BesideVerb.Crowd, List<BesideVerb>> byCrowd = new LinkedHashMap<>();
    for (BesideVerb verb : BesideVerb.values()) {
      if (verb == BesideVerb.NOTHING) {
        continue;
      }
      byCrowd.computeIfAbsent(verb.crowd(), crowd -> new ArrayList<>()).add(verb);
    }
    for (Map.Entry<BesideVerb.Crowd, List<BesideVerb>> entry : byCrowd.entrySet()) {
      BesideVerb.Crowd crowd = entry.getKey();
      String setting = String.format(Locale.ROOT, "%,d %s", size, crowd.title());
      if (settings.test(setting)) {
        ask(
            BesideVerb.NOTHING,
            size,
            restMs(effort),
            new Figures(samples, NAME, setting, NOTHING, round));
        for (BesideVerb verb : entry.getValue()) {
          if (peers.test(verb.verb())) {
            ask(verb, size, 20, new Figures(samples, NAME, setting, verb.verb(), round));
          }
        }
      }
      if (effort == Effort.SMOKE) {
        return; // each crowd costs four processes
      }
    }
  }

  private static int restMs(Effort effort) {
    return effort == Effort.SMOKE ? 50 : 1_000;
  }

  private static void ask(BesideVerb verb, int size, int restMs, Figures figures)
      throws IOException, InterruptedException {
    try (Scratch scratch = new Scratch();
        Children children = new Children(scratch)) {
      Path file = scratch.file("store.db");
      verb.crowd().fill(file, size);
      Values settings =
          Values.of(file).with("verb", verb.name()).with("size", size).with("restMs", restMs);
      children.start(RenewTask.class, settings);
      children.start(BesideTask.class, settings);
      children.go();
      List<Values> reports = children.reports(VERB_MAX);
      Histogram waits = reports.get(0).histogram("waits");
      figures.addNanos("renewal p99", waits.getValueAtPercentile(99));
      figures.addNanos("renewal max", waits.getMaxValue());
      figures.addNanos("verb", reports.get(1).count("nanos"));
    }
  }
}

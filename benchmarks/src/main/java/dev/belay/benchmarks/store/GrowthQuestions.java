package dev.belay.benchmarks.store;

import dev.belay.benchmarks.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The questions of what a verb costs when there is more: the "peers" are Belay itself with more and
 * more in its store, and the base has the least. Stateless.
 */
public final class GrowthQuestions {
  private static final String TIME = "time";

  private GrowthQuestions() {}

  /** All of them. */
  public static List<Question> all() {
    return List.of(
        queue("claim behind", "claimRelease", "claim and release", 3),
        queue("queue growth", "enqueueClaimComplete", "enqueue, claim, complete", 1),
        new JmhQuestion(
            "sessions growth",
            SessionScaleBenchmark.class,
            "commit",
            TIME,
            sizes("sessions", 1, 100_000),
            List.of(setting("commit to one of", "events", "1")),
            1),
        new JmhQuestion(
            "sessions growth, head",
            SessionScaleBenchmark.class,
            "head",
            TIME,
            sizes("sessions", 1, 100_000),
            List.of(setting("read the head of one of", "events", "1")),
            1),
        new JmhQuestion(
            "log growth",
            SessionScaleBenchmark.class,
            "commit",
            TIME,
            sizes("events", 1, 100_000),
            List.of(setting("commit behind", "sessions", "1")),
            1),
        new JmhQuestion(
            "log growth, reading",
            SessionScaleBenchmark.class,
            "newest50",
            TIME,
            sizes("events", 100, 100_000),
            List.of(setting("read the newest 50 of", "sessions", "1")),
            1));
  }

  private static Question queue(String name, String method, String verbs, int rounds) {
    return new JmhQuestion(
        name,
        ClaimBehindBenchmark.class,
        method,
        TIME,
        sizes("rows", 1_000, 1_000_000),
        List.of(
            setting(verbs + " behind unclaimable", "fill", QueueFill.UNCLAIMABLE.name()),
            setting(verbs + " among claimable", "fill", QueueFill.CLAIMABLE.name())),
        rounds);
  }

  private static JmhSetting setting(String text, String param, String value) {
    return new JmhSetting(text, 1, Map.of(param, value, Fixtures.PARAM, ""));
  }

  private static List<JmhPeer> sizes(String param, int... sizes) {
    List<JmhPeer> peers = new ArrayList<>();
    for (int size : sizes) {
      String text = size < 1_000 ? "" + size : size < 1_000_000 ? size / 1_000 + " k" : "1 M";
      peers.add(
          new JmhPeer(
              text + " " + (size == 1 ? param.substring(0, param.length() - 1) : param),
              Map.of(param, Integer.toString(size)),
              size <= 1_000));
    }
    return peers;
  }
}

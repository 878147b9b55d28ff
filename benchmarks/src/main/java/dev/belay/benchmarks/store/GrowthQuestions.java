package dev.belay.benchmarks.store;

import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.peer.Fixtures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The questions of what a verb costs when there is more: the "peers" are Belay itself with more and
 * more in its store, or with more and more callers, and the base has the least. Stateless.
 */
public final class GrowthQuestions {
  private static final String TIME = "time";
  private static final int ROUNDS = 3;

  private GrowthQuestions() {}

  /** All of them. */
  public static List<Question> all() {
    return List.of(
        callers(),
        queue("claim behind", "claimRelease", "claim and release", ROUNDS),
        queue("queue growth", "enqueueClaimComplete", "enqueue, claim, complete", 1),
        sessions(
            "sessions growth",
            "commit",
            setting("commit to one of", "events", "1"),
            sizes("sessions", 1, 10, 100, 1_000, 10_000, 100_000)),
        sessions(
            "sessions growth, head",
            "head",
            setting("read the head of one of", "events", "1"),
            sizes("sessions", 1, 10, 100, 1_000, 10_000, 100_000)),
        sessions(
            "log growth",
            "commit",
            setting("commit behind", "sessions", "1"),
            sizes("events", 1, 10, 100, 1_000, 10_000, 100_000)),
        // fewer than 50 would be less to read
        sessions(
            "log growth, reading",
            "newest50",
            setting("read the newest 50 of", "sessions", "1"),
            sizes("events", 100, 1_000, 10_000, 100_000)));
  }

  private static Question callers() {
    List<JmhPeer> peers = new ArrayList<>();
    for (int callers : new int[] {1, 4, 16, 64}) {
      String name = callers + (callers == 1 ? " caller" : " callers");
      peers.add(new JmhPeer(name, Map.of("peer", "belay"), callers, callers == 1));
    }
    List<JmhSetting> settings = new ArrayList<>();
    for (Sync sync : Sync.values()) {
      settings.add(
          new JmhSetting(sync + ", 200 B", 1, Map.of("sync", sync.name()))
              .with(
                  "group " + StoreQuestions.GROUP_MAX,
                  "commitGroupMax",
                  Integer.toString(StoreQuestions.GROUP_MAX)));
    }
    return new JmhQuestion(
        "callers growth",
        TransactionBenchmark.class,
        "transact",
        WallThroughput.LABEL,
        peers,
        settings,
        ROUNDS,
        true);
  }

  private static Question queue(String name, String method, String verbs, int rounds) {
    return new JmhQuestion(
        name,
        ClaimBehindBenchmark.class,
        method,
        TIME,
        sizes("rows", 1_000, 10_000, 100_000, 1_000_000),
        List.of(
            setting(verbs + " behind unclaimable", "fill", QueueFill.UNCLAIMABLE.name()),
            setting(verbs + " among claimable", "fill", QueueFill.CLAIMABLE.name())),
        rounds,
        true);
  }

  private static Question sessions(
      String name, String method, JmhSetting setting, List<JmhPeer> sizes) {
    return new JmhQuestion(
        name, SessionScaleBenchmark.class, method, TIME, sizes, List.of(setting), 1, true);
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
              size == sizes[0]));
    }
    return peers;
  }
}

package dev.belay.benchmarks.store;

import dev.belay.benchmarks.Question;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The questions about transactions and opening. Stateless. */
public final class StoreQuestions {
  /** How many waiting writes of Belay's share a commit at most; its default. */
  static final int GROUP_MAX = 64;

  private static final int ROUNDS = 3;
  private static final int ROUNDS_FEW = 2;

  private StoreQuestions() {}

  /** All of them, the base of each first among its peers. */
  public static List<Question> all() {
    return List.of(
        transaction(), commit(), commitGroup(), refusals(), daoCost(), open(), openAndClose());
  }

  private static Question transaction() {
    // alone a connection a thread is the raw one, and a deferred transaction an immediate one
    String[] alone = {"raw", "plain JDBI immediate", "belay"};
    List<JmhSetting> settings =
        List.of(
            grouped(1, Sync.NORMAL, 200).of(alone),
            grouped(4, Sync.NORMAL, 200).of("raw", "plain JDBI deferred, reads first", "belay"),
            grouped(16, Sync.NORMAL, 200),
            grouped(64, Sync.NORMAL, 200).of("raw", "raw per thread", "belay"),
            grouped(1, Sync.FULL, 200).of(alone),
            grouped(4, Sync.FULL, 200).of("raw", "raw per thread", "belay"),
            grouped(16, Sync.FULL, 200)
                .of("raw", "raw per thread", "plain JDBI immediate", "belay"),
            grouped(64, Sync.FULL, 200).of("raw", "raw per thread", "belay"),
            grouped(1, Sync.NORMAL, 4096).of("raw", "belay"),
            grouped(16, Sync.NORMAL, 4096).of("raw", "belay"));
    return new JmhQuestion(
        "transaction",
        TransactionBenchmark.class,
        "transact",
        WallThroughput.LABEL,
        peers(
            "raw",
            "raw per thread",
            "plain JDBI immediate",
            "plain JDBI deferred",
            "plain JDBI deferred, reads first",
            "belay"),
        settings,
        ROUNDS);
  }

  private static Question commit() {
    return new JmhQuestion(
        "commit",
        TransactionBenchmark.class,
        "transact",
        WallThroughput.LABEL,
        peers("raw commit", "plain JDBI immediate commit", "belay commit"),
        List.of(
            grouped(1, Sync.NORMAL, 200),
            grouped(16, Sync.NORMAL, 200),
            grouped(16, Sync.FULL, 200).of("raw commit", "belay commit")),
        ROUNDS_FEW);
  }

  private static Question commitGroup() {
    List<JmhPeer> peers = new ArrayList<>();
    for (int max : new int[] {1, 4, 64}) {
      peers.add(
          new JmhPeer(
              "groups up to " + max,
              Map.of("peer", "belay", "commitGroupMax", Integer.toString(max)),
              true));
    }
    return new JmhQuestion(
        "commit group",
        TransactionBenchmark.class,
        "transact",
        WallThroughput.LABEL,
        peers,
        List.of(callers(16, Sync.NORMAL, 200), callers(16, Sync.FULL, 200)),
        ROUNDS_FEW);
  }

  private static Question refusals() {
    return new JmhQuestion(
        "refusals",
        TransactionBenchmark.class,
        "transact",
        WallThroughput.LABEL,
        peers("belay", "belay, one in ten refused"),
        List.of(grouped(16, Sync.FULL, 200), grouped(16, Sync.NORMAL, 200)),
        ROUNDS);
  }

  private static Question daoCost() {
    return new JmhQuestion(
        "DAO cost",
        DaoCostBenchmark.class,
        "operate",
        WallThroughput.LABEL,
        peers("raw", "plain JDBI immediate", "belay"),
        List.of(new JmhSetting("1 caller, 1000 in a transaction, NORMAL, 200 B", 1, Map.of())),
        ROUNDS);
  }

  private static Question open() {
    return new JmhQuestion(
        "warm open",
        OpenBenchmark.class,
        "open",
        "time",
        peers("raw", "belay"),
        List.of(new JmhSetting("up-to-date file, NORMAL", 1, Map.of())),
        ROUNDS);
  }

  private static Question openAndClose() {
    return new JmhQuestion(
        "warm open and close",
        OpenBenchmark.class,
        "openAndClose",
        "time",
        peers("raw", "belay"),
        List.of(new JmhSetting("up-to-date file, NORMAL", 1, Map.of())),
        ROUNDS_FEW);
  }

  /* Of the peers only Belay makes groups. */
  private static JmhSetting grouped(int callers, Sync sync, int payloadBytes) {
    return callers(callers, sync, payloadBytes)
        .with("group " + GROUP_MAX, "commitGroupMax", Integer.toString(GROUP_MAX));
  }

  private static JmhSetting callers(int callers, Sync sync, int payloadBytes) {
    String size = payloadBytes < 1024 ? payloadBytes + " B" : payloadBytes / 1024 + " KiB";
    return new JmhSetting(
        callers + (callers == 1 ? " caller, " : " callers, ") + sync + ", " + size,
        callers,
        Map.of("sync", sync.name(), "payloadBytes", Integer.toString(payloadBytes)));
  }

  private static List<JmhPeer> peers(String... names) {
    return Arrays.stream(names).map(name -> JmhPeer.of("peer", name)).toList();
  }
}

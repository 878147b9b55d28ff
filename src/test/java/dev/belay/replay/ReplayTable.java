package dev.belay.replay;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What the job did, for people. Belongs to the thread that made it.
 *
 * @param sessions how many sessions were compared
 * @param history how they were compared
 * @param lanes how their turns were
 * @param seconds from the first turn to the end of the last
 * @param status as the agents told it; one that is killed takes its last 0.1 s with it
 * @param strikes what was done to them
 */
record ReplayTable(
    long sessions,
    HistoryCheck history,
    LaneCheck lanes,
    double seconds,
    AgentStatus status,
    Strikes strikes) {
  void print(PrintStream out) {
    row(out, "sessions", count(sessions));
    row(out, "turns", count(lanes.turns()));
    row(out, "events", count(history.events()));
    row(out, "turns per second", count(Math.round(lanes.turns() / seconds)));
    row(out, "commits per second", count(Math.round(status.get(Count.COMMITS) / seconds)));
    row(out, "conflicts", count(status.get(Count.CONFLICTS)));
    row(out, "replays", count(status.get(Count.REPLAYS)));
    row(out, "retries", count(status.get(Count.RETRIES)));
    row(out, "kills", count(strikes.kills()));
    row(out, "freezes", count(strikes.freezes()));
    row(out, "late commits refused", count(status.get(Count.LATE_COMMITS_REFUSED)));
    row(out, "claims lost", count(status.get(Count.CLAIMS_LOST)));
    row(out, "leases lost", count(status.get(Count.LEASES_LOST)));
    row(out, "deferrals", count(status.get(Count.DEFERRALS)));
    row(out, "wake p50", lanes.wakeMs(50) + " ms");
    row(out, "wake p99", lanes.wakeMs(99) + " ms");
    row(out, "wake max", lanes.wakeMs(100) + " ms");
    row(out, "longest wait", String.format(Locale.ROOT, "%.1f ms", status.longestNs() / 1e6));
  }

  private static void row(PrintStream out, String name, String value) {
    out.printf(Locale.ROOT, "%-20s %12s%n", name, value);
  }

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}

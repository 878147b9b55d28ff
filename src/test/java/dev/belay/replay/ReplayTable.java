package dev.belay.replay;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What the job did, for people. Belongs to the thread that made it.
 *
 * @param sessions how many sessions were compared
 * @param history how they were compared
 * @param lanes how their turns were
 * @param status as the agents told it; one that is killed takes its last 0.1 s with it
 * @param strikes what was done to them
 */
record ReplayTable(
    long sessions, HistoryCheck history, LaneCheck lanes, AgentStatus status, Strikes strikes) {
  void print(PrintStream out) {
    row(out, "sessions", count(sessions));
    row(out, "turns", count(lanes.turns()));
    row(out, "events", count(history.events()));
    row(out, "commits", count(status.get(Count.COMMITS)));
    row(out, "commits refused: revision", count(status.get(Count.CONFLICTS)));
    row(out, "commits refused: lost claim", count(status.get(Count.CLAIMS_LOST)));
    row(out, "commits refused: lost lease", count(status.get(Count.LEASES_LOST)));
    row(out, "of those, out of a freeze", count(status.get(Count.LATE_COMMITS_REFUSED)));
    row(out, "turns sent twice, done once", count(status.get(Count.REPLAYS)));
    row(out, "turns tried again", count(status.get(Count.RETRIES)));
    row(out, "turns put off", count(status.get(Count.DEFERRALS)));
    row(out, "wait for a turn, median", lanes.wakeMs(50) + " ms");
    row(out, "wait for a turn, longest", lanes.wakeMs(100) + " ms");
    row(out, "longest commit", String.format(Locale.ROOT, "%.0f ms", status.longestNs() / 1e6));
    out.println(
        "The longest waits are those for agents that were dead, frozen or starting: the turn of a"
            + " dead agent is free after "
            + Agent.CLAIM_TTL.toMillis()
            + " ms. They say nothing about speed.");
  }

  /** The last line, when all is equal. */
  void printVerdict(PrintStream out, String struck) {
    out.printf(
        Locale.ROOT,
        "OK: %s events in %s sessions identical to their files, byte for byte; %s turns each done"
            + " once; %s agents killed, %s frozen%s%n",
        count(history.events()),
        count(sessions),
        count(lanes.turns()),
        count(strikes.kills()),
        count(strikes.freezes()),
        struck);
  }

  private static void row(PrintStream out, String name, String value) {
    out.printf(Locale.ROOT, "%-28s %9s%n", name, value);
  }

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}

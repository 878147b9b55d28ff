package dev.belay.examples;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What the job did, for people. Immutable, safe for use by many threads.
 *
 * @param sessions how many sessions were compared
 * @param events how many events they hold, counted in the store
 * @param seconds from the first commit to the end of the last writer
 * @param status as the writers told it; one that is killed takes its last 0.1 s with it
 * @param kills how many writers were killed at work
 */
record ReplayTable(long sessions, long events, double seconds, WriterStatus status, int kills) {
  void print(PrintStream out) {
    row(out, "sessions", count(sessions));
    row(out, "events", count(events));
    row(out, "commits per second", count(Math.round(events / seconds)));
    row(out, "conflicts", count(status.conflicts()));
    row(out, "replays", count(status.replays()));
    row(out, "kills", count(kills));
    row(out, "longest wait", String.format(Locale.ROOT, "%.1f ms", status.longestNs() / 1e6));
  }

  private static void row(PrintStream out, String name, String value) {
    out.printf(Locale.ROOT, "%-20s %12s%n", name, value);
  }

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}

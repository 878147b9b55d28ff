package dev.belay.dashboard;

import dev.belay.StoreStats;
import dev.belay.StoreStats.QueueCounts;
import dev.belay.queue.WorkState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Something that those who look after the store should look at. Immutable.
 *
 * @param what what it is
 * @param advice what it may mean, and what to do
 * @param link the page that shows it
 */
record Concern(String what, String advice, String link) {
  /** Ready work that is older waits too long: 5 min. */
  static final Duration READY_MAX = Duration.ofMinutes(5);

  /** A larger write-ahead log is kept by a reader that does not end: 64 MiB. */
  static final long WAL_MAX = 64L * 1024 * 1024;

  /** No more queues than this are named. */
  private static final int NAMED_MAX = 5;

  /** Returns what there is to look at, nothing if all is well. */
  static List<Concern> of(View view, StoreStats stats) {
    List<Concern> found = new ArrayList<>();
    dead(view, stats, found);
    waiting(view, stats, found);
    if (stats.engine().walBytes() > WAL_MAX) {
      found.add(
          new Concern(
              "The write-ahead log has " + Show.bytes(stats.engine().walBytes()),
              "A reader that does not end keeps it from being reset. Look for a long read.",
              view.link("/events")));
    }
    view.observer().ifPresent(observer -> seen(view, observer.samples(), found));
    return found;
  }

  private static void dead(View view, StoreStats stats, List<Concern> found) {
    List<QueueCounts> queues =
        stats.queues().stream()
            .filter(queue -> queue.count(WorkState.BURIED).value() > 0)
            .limit(NAMED_MAX)
            .toList();
    for (QueueCounts queue : queues) {
      String count = Show.count(queue.count(WorkState.BURIED));
      found.add(
          new Concern(
              count
                  + (count.equals("1") ? " dead letter in " : " dead letters in ")
                  + queue.queue(),
              "Read the errors, then retry or purge.",
              view.link("/queue", "name", queue.queue(), "state", WorkState.BURIED)));
    }
  }

  private static void waiting(View view, StoreStats stats, List<Concern> found) {
    List<QueueCounts> queues =
        stats.queues().stream()
            .filter(
                queue ->
                    queue.oldestReadyAt() != null
                        && queue.oldestReadyAt().isBefore(stats.at().minus(READY_MAX)))
            .limit(NAMED_MAX)
            .toList();
    for (QueueCounts queue : queues) {
      Duration age = Duration.between(queue.oldestReadyAt(), stats.at());
      found.add(
          new Concern(
              "Ready work in " + queue.queue() + " is " + Show.duration(age) + " old",
              "No worker takes it, or there are too few.",
              view.link("/queue", "name", queue.queue(), "state", WorkState.READY)));
    }
  }

  private static void seen(View view, List<Sample> samples, List<Concern> found) {
    long stale = sum(samples, sample -> sample.stale);
    if (stale > 0) {
      found.add(
          new Concern(
              (stale == 1 ? "A stale holder was" : "Stale holders were")
                  + " refused "
                  + times(stale)
                  + " in the last hour",
              "A holder lost its lease or claim and went on. Longer times to live, or renewals, help.",
              view.link("/events")));
    }
    long failed = sum(samples, sample -> sample.failed);
    if (failed > 0) {
      found.add(
          new Concern(
              "Transactions failed " + times(failed) + " in the last hour",
              "Their callers got an exception.",
              view.link("/events")));
    }
  }

  private static String times(long count) {
    return count == 1 ? "once" : Show.number(count) + " times";
  }

  private static long sum(List<Sample> samples, ToLongFunction<Sample> value) {
    return samples.stream().mapToLong(value).sum();
  }
}

package dev.belay.cli;

import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which work a command is about. Belongs to the thread that runs the command. */
final class WorkFilter {
  @Option(names = "--queue", paramLabel = "QUEUE", description = "Of this queue.")
  private String queue;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      split = ",",
      description = "In one of these states: ${COMPLETION-CANDIDATES}.")
  private List<WorkState> states = new ArrayList<>();

  @Option(names = "--type", paramLabel = "TYPE", description = "Of this type.")
  private String type;

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      description = "Finished longer ago than this or, if not finished, enqueued longer ago: 12h.")
  private Duration olderThan;

  boolean isEmpty() {
    return queue == null && states.isEmpty() && type == null && olderThan == null;
  }

  /** Returns whether only a queue is given, which an id may have too. */
  boolean isOnlyQueue() {
    return queue != null && states.isEmpty() && type == null && olderThan == null;
  }

  /** Returns the one queue, or null for all. */
  String queue() {
    return queue;
  }

  /** Returns those of {@code possible} that the filter takes. */
  List<WorkState> statesAmong(List<WorkState> possible) {
    return states.isEmpty() ? possible : possible.stream().filter(states::contains).toList();
  }

  boolean takes(WorkLine work, Instant now) {
    Instant since = work.finishedAt() == null ? work.enqueuedAt() : work.finishedAt();
    return (type == null || type.equals(work.type()))
        && (olderThan == null || since.isBefore(now.minus(olderThan)));
  }
}

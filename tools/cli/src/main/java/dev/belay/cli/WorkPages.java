package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * The work that a filter takes, page by page: by queue, then by state, then by id. Belongs to the
 * thread that runs the command.
 */
final class WorkPages {
  private static final int PAGE = 500;

  private final Belay belay;
  private final WorkFilter filter;
  private final Instant now;

  WorkPages(Belay belay, WorkFilter filter) {
    this.belay = belay;
    this.filter = filter;
    this.now = belay.read(tx -> tx.now());
  }

  /**
   * Hands each page, without what the filter does not take, to {@code reader}, until that returns
   * false.
   */
  void forEach(List<WorkState> possible, Predicate<List<WorkLine>> reader) {
    List<WorkState> states = filter.statesAmong(possible);
    if (filter.queue() != null) {
      boolean unused = eachState(filter.queue(), states, reader);
      return;
    }
    List<String> queues = belay.queues(null, PAGE);
    while (!queues.isEmpty()) {
      for (String queue : queues) {
        if (!eachState(queue, states, reader)) {
          return;
        }
      }
      queues = belay.queues(queues.get(queues.size() - 1), PAGE);
    }
  }

  private boolean eachState(
      String queue, List<WorkState> states, Predicate<List<WorkLine>> reader) {
    WorkQueue work = belay.queue(queue);
    for (WorkState state : states) {
      List<WorkLine> page = work.list(state, 0, PAGE);
      while (!page.isEmpty()) {
        if (!reader.test(page.stream().filter(line -> filter.takes(line, now)).toList())) {
          return false;
        }
        page = work.list(state, page.get(page.size() - 1).id(), PAGE);
      }
    }
    return true;
  }
}

package dev.belay.dashboard;

import dev.belay.queue.Work;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.store.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One page of the work of a queue, in the order of ids, by a key: its cost does not depend on the
 * pages before it. Belongs to the transaction that it was read in.
 *
 * <ol>
 *   <li>Without a state, one page of each state is read and merged by id.
 *   <li>A type or lane is looked for among the next {@link #SEARCH_MAX} pieces of work; if they
 *       hold less than a page, the next page goes on from there.
 *   <li>The errors of dead letters are read with their work until {@link #BYTES_MAX} of payloads.
 * </ol>
 *
 * @param next the key of the next page, 0 if there is none
 */
record WorkList(List<WorkLine> works, Map<Long, String> errors, long next, Instant now) {
  /** The maximum length of a page: 50. */
  static final int PAGE = 50;

  /** The maximum number of pieces of work that are looked through for one page: 5,000. */
  static final int SEARCH_MAX = 5_000;

  private static final int BATCH = 500;
  private static final long BYTES_MAX = 8L * 1024 * 1024;

  /** What a page shows. Immutable. */
  record Filter(Optional<WorkState> state, Optional<String> type, Optional<String> lane) {
    boolean isSearch() {
      return type.isPresent() || lane.isPresent();
    }

    private boolean accepts(WorkLine work) {
      return type.filter(wanted -> !wanted.equals(work.type())).isEmpty()
          && lane.filter(wanted -> !wanted.equals(work.lane())).isEmpty();
    }
  }

  static WorkList read(Tx tx, WorkQueue queue, Filter filter, long afterId) {
    List<WorkLine> found = new ArrayList<>();
    long at = afterId;
    int searched = 0;
    int batch = filter.isSearch() ? BATCH : PAGE + 1;
    List<WorkLine> lines;
    do {
      lines = lines(tx, queue, filter, at, batch);
      for (WorkLine line : lines) {
        if (found.size() == PAGE) {
          return new WorkList(found, errors(tx, queue, found), at, tx.now());
        }
        at = line.id();
        if (filter.accepts(line)) {
          found.add(line);
        }
      }
      searched += lines.size();
    } while (!lines.isEmpty() && searched < SEARCH_MAX);
    return new WorkList(found, errors(tx, queue, found), lines.isEmpty() ? 0 : at, tx.now());
  }

  private static List<WorkLine> lines(
      Tx tx, WorkQueue queue, Filter filter, long afterId, int limit) {
    if (filter.state().isPresent()) {
      return queue.list(tx, filter.state().get(), afterId, limit);
    }
    List<WorkLine> all = new ArrayList<>();
    for (WorkState state : WorkState.values()) {
      all.addAll(queue.list(tx, state, afterId, limit));
    }
    all.sort(Comparator.comparingLong(WorkLine::id));
    return all.subList(0, Math.min(limit, all.size()));
  }

  private static Map<Long, String> errors(Tx tx, WorkQueue queue, List<WorkLine> works) {
    Map<Long, String> errors = new HashMap<>();
    long bytes = 0;
    for (WorkLine work : works) {
      bytes += work.payloadBytes();
      if (work.state() == WorkState.BURIED && bytes <= BYTES_MAX) {
        queue
            .find(tx, work.id())
            .map(Work::lastError)
            .ifPresent(error -> errors.put(work.id(), error));
      }
    }
    return errors;
  }
}

package dev.belay.dashboard;

import dev.belay.session.SessionEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The branches of one page of a session's log, as columns beside its rows. Belongs to one thread.
 *
 * <ol>
 *   <li>Of the events that continue an event, one stays in its column: that of the history, or else
 *       the first. Each other one gets a free column, from the row of its parent on.
 *   <li>An event whose parent is on an earlier page, or that has none, gets a free column.
 *   <li>A column is free after the last event in it that no event of the page continues.
 * </ol>
 */
final class Branches {
  private final List<Row> rows = new ArrayList<>();
  private final Map<Long, List<Long>> children = new HashMap<>();
  private final Map<Long, Integer> reserved = new HashMap<>();

  /** The event for which each column is kept, 0 if it is free. */
  private final List<Long> columns = new ArrayList<>();

  private final Set<Long> history;

  /** Where the line to an event comes from. Immutable. */
  enum Origin {
    /** It continues nothing. */
    ROOT,
    /** Its parent is a row above. */
    ROW_ABOVE,
    /** Its parent is on an earlier page. */
    EARLIER_PAGE
  }

  /**
   * What is drawn beside one event. Immutable.
   *
   * @param through the columns whose line passes the row
   * @param below the columns to which a line goes down from the event
   */
  record Row(
      SessionEvent event, int column, Origin origin, List<Integer> through, List<Integer> below) {}

  Branches(List<SessionEvent> events, Set<Long> history) {
    this.history = history;
    for (SessionEvent event : events) {
      children.computeIfAbsent(event.parentSeq(), seq -> new ArrayList<>()).add(event.seq());
    }
    children.remove(0L);
    for (SessionEvent event : events) {
      rows.add(place(event));
    }
  }

  List<Row> rows() {
    return rows;
  }

  /** Returns the number of columns. */
  int width() {
    return Math.max(1, columns.size());
  }

  private Row place(SessionEvent event) {
    Integer kept = reserved.get(event.seq());
    int column = kept == null ? free() : kept;
    columns.set(column, 0L);
    List<Integer> through = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i) != 0) {
        through.add(i);
      }
    }
    Origin origin =
        kept != null
            ? Origin.ROW_ABOVE
            : event.parentSeq() == 0 ? Origin.ROOT : Origin.EARLIER_PAGE;
    return new Row(event, column, origin, through, reserve(event, column));
  }

  private List<Integer> reserve(SessionEvent event, int column) {
    List<Long> next = children.getOrDefault(event.seq(), List.of());
    List<Integer> below = new ArrayList<>();
    long main = next.stream().filter(history::contains).findFirst().orElse(first(next));
    if (main != 0) {
      below.add(keep(column, main));
    }
    for (long child : next) {
      if (child != main) {
        below.add(keep(free(), child));
      }
    }
    return below;
  }

  private static long first(List<Long> seqs) {
    return seqs.isEmpty() ? 0 : seqs.get(0);
  }

  private int keep(int column, long child) {
    columns.set(column, child);
    reserved.put(child, column);
    return column;
  }

  private int free() {
    int free = columns.indexOf(0L);
    if (free < 0) {
      columns.add(0L);
      return columns.size() - 1;
    }
    return free;
  }
}

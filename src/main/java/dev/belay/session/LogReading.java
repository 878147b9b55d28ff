package dev.belay.session;

import dev.belay.session.SessionDao.Head;
import dev.belay.session.SessionListDao.Run;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** Reads the log of one session in one snapshot. Belongs to the body that made it. */
final class LogReading {
  /* A history is read in runs. A run is a range of the log in which the parent of each event is the
   * event right before it. A session without branches is one run, so the cost of a page depends on
   * its own events and not on its position.
   */
  private static final Run FROM_THE_FIRST = new Run(1, 0);

  /** The maximum number of event sizes that one query reads: 1,000. */
  private static final int SIZES_MAX = 1_000;

  private final SessionListDao dao;
  private final String id;
  private final Head head;

  LogReading(Tx tx, String id) {
    this.dao = tx.attach(SessionListDao.class);
    this.id = id;
    this.head =
        tx.attach(SessionDao.class).head(id).filter(found -> !found.absent()).orElse(Head.UNKNOWN);
  }

  /** Returns the next events of the log, as many as fit into a page. */
  List<SessionEvent> after(long afterSeq, int limit) {
    long fromSeq = Math.max(afterSeq, head.clearedSeq()) + 1;
    if (!hasAfter(afterSeq)) {
      return List.of();
    }
    List<EventSize> sizes = dao.sizes(head.no(), fromSeq, head.lastSeq(), limit);
    int count = Sized.fitting(sizes, Sized.BYTES_MAX);
    return count == 0 ? List.of() : dao.events(id, head.no(), fromSeq, sizes.get(count - 1).seq());
  }

  /** Returns true if the log has an event after {@code afterSeq}. */
  boolean hasAfter(long afterSeq) {
    return Math.max(afterSeq, head.clearedSeq()) < head.lastSeq();
  }

  /** Returns the last {@code last} events of the history, without a limit of bytes. */
  List<SessionEvent> last(int last) {
    Page page = new Page(Long.MAX_VALUE, last, Long.MAX_VALUE);
    return page.read();
  }

  /**
   * Returns the last events of the history before {@code beforeSeq}, as many as fit into a page.
   */
  List<SessionEvent> before(long beforeSeq, int last) {
    Page page = new Page(beforeSeq, last, Sized.BYTES_MAX);
    return page.read();
  }

  /** A page that is being read, from its last event to its first. */
  private final class Page {
    private final long beforeSeq;
    private final Deque<List<SessionEvent>> ranges = new ArrayDeque<>();
    private long bytesLeft;
    private int left;

    Page(long beforeSeq, int last, long bytesMax) {
      this.beforeSeq = beforeSeq;
      this.left = last;
      this.bytesLeft = bytesMax;
    }

    List<SessionEvent> read() {
      long seq = head.leafSeq();
      while (seq > 0 && left > 0) {
        Run run = dao.run(head.no(), seq).orElse(FROM_THE_FIRST);
        boolean full = run.firstSeq() < beforeSeq && isFull(run, Math.min(seq, beforeSeq - 1));
        seq = full ? 0 : run.parentSeq();
      }
      if (ranges.size() == 1) {
        return ranges.getFirst();
      }
      List<SessionEvent> all = new ArrayList<>();
      ranges.forEach(all::addAll);
      return all;
    }

    /** Adds the last events of a run. Returns true if the page is full. */
    private boolean isFull(Run run, long throughSeq) {
      long through = throughSeq;
      while (through >= run.firstSeq() && left > 0) {
        long from = Math.max(run.firstSeq(), through - left + 1);
        if (bytesLeft != Long.MAX_VALUE) {
          from = fitting(Math.max(from, through - SIZES_MAX + 1), through);
          if (from > through) {
            return true;
          }
        }
        add(from, through);
        through = from - 1;
      }
      return left == 0;
    }

    /**
     * Returns the seq from which the events of the range fit into the page. On an empty page at
     * least one event fits.
     */
    private long fitting(long fromSeq, long throughSeq) {
      List<EventSize> sizes = new ArrayList<>(dao.sizes(head.no(), fromSeq, throughSeq, SIZES_MAX));
      Collections.reverse(sizes);
      int count = 0;
      for (EventSize size : sizes) {
        if (size.bytes() > bytesLeft && (count > 0 || !ranges.isEmpty())) {
          bytesLeft = -1; // a smaller event before this one must not be added without it
          break;
        }
        bytesLeft = Math.max(0, bytesLeft - size.bytes());
        count++;
      }
      return throughSeq - count + 1;
    }

    private void add(long fromSeq, long throughSeq) {
      List<SessionEvent> events = dao.events(id, head.no(), fromSeq, throughSeq);
      if (events.size() != throughSeq - fromSeq + 1) {
        throw new StoreCorruptException(
            "session " + id + " lacks events from " + fromSeq + " to " + throughSeq, null);
      }
      ranges.addFirst(events);
      left -= events.size();
    }
  }
}

package dev.belay.session;

import dev.belay.session.DeletedSessionDao.EventSize;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreEngine;
import dev.belay.store.Tx;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Frees the rows of deleted sessions, in writes so small that nobody waits for them. Safe for use
 * by many threads.
 */
final class DeletedSessions {
  /* A chain of writes: each frees a batch and starts the next, until a write finds nothing. Every
   * write looks for any deleted session that still has rows rather than carry an id along, so that
   * what a crash, a failure or a close left behind goes with the next deletion. Two chains at once
   * only share the work.
   */

  /** How many rows one write frees. */
  static final int ROWS_MAX = 500;

  /** How many bytes of payload one write frees, but for a single event that is larger. */
  static final long BYTES_MAX = 8L * 1024 * 1024;

  private final StoreEngine engine;

  DeletedSessions(StoreEngine engine) {
    this.engine = engine;
  }

  /** Starts a chain of writes. Returns at once. */
  void free() {
    try {
      var unused =
          engine
              .<Boolean>writeAsync(DeletedSessions::freeBatch)
              .whenComplete(
                  (more, failure) -> {
                    if (failure != null) {
                      report(failure);
                    } else if (more) {
                      free();
                    }
                  });
    } catch (RuntimeException failure) {
      report(failure);
    }
  }

  /** Frees one batch and says whether there may be more. */
  static boolean freeBatch(Tx tx) {
    DeletedSessionDao dao = tx.attach(DeletedSessionDao.class);
    Optional<Long> unfreed = dao.firstUnfreed();
    if (unfreed.isEmpty()) {
      return false;
    }
    long no = unfreed.get();
    List<EventSize> events = dao.firstEvents(no, ROWS_MAX);
    int rows = 0;
    if (!events.isEmpty()) {
      rows = dao.freeEvents(no, lastOfBatch(events));
      if (rows < events.size()) {
        return true;
      }
    }
    int receiptsMax = ROWS_MAX - rows;
    if (receiptsMax > 0 && dao.freeReceipts(no, receiptsMax) < receiptsMax) {
      dao.freeState(no);
      dao.markFreed(no, tx.now().toEpochMilli());
    }
    return true;
  }

  private static long lastOfBatch(List<EventSize> events) {
    long bytes = 0;
    long last = events.get(0).seq();
    for (EventSize event : events) {
      bytes += event.bytes();
      if (bytes > BYTES_MAX) {
        break;
      }
      last = event.seq();
    }
    return last;
  }

  private static void report(Throwable failure) {
    Throwable cause = failure;
    if (failure instanceof CompletionException && failure.getCause() != null) {
      cause = failure.getCause();
    }
    if (cause instanceof StoreClosedException) {
      return; // no failure: what is left goes with the next deletion
    }
    // Looked up here and not once: whoever never sees a failure never loads a logging library.
    System.getLogger(DeletedSessions.class.getName())
        .log(Level.WARNING, "deleted sessions keep their rows until the next deletion", cause);
  }
}

package dev.belay.queue;

import dev.belay.engine.Registration;
import dev.belay.engine.StoreEngine;
import dev.belay.queue.CancelDao.CancelRequest;
import dev.belay.store.StoreClosedException;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds requests of other processes to cancel work that a worker of this process has claimed.
 * {@link #look} belongs to one thread.
 */
final class CancelWatch implements AutoCloseable {
  /*
   * A request of this Belay reaches its handler with the commit (ClaimRegistry.cancelled). Requests
   * of other processes are read after a commit, from an index that has only such requests and is
   * nearly always empty. The next look after the commit starts the read, unless another read is
   * still running. The read is on a callback thread, because the thread that looks also renews
   * claims and must not wait.
   */

  /** The number of requests that one page has: 1,000. */
  private static final int PAGE = 1_000;

  private final StoreEngine engine;
  private final String queue;
  private final ClaimRegistry held;
  private @Nullable Registration watch;
  private volatile boolean changed = true;
  private volatile boolean reading;
  private volatile boolean reported;

  CancelWatch(StoreEngine engine, String queue, ClaimRegistry held) {
    this.engine = engine;
    this.queue = queue;
    this.held = held;
  }

  /** Starts a read of the requests if there may have been a commit since the last read. */
  void look() {
    if (watch == null) {
      watch = engine.watch(() -> changed = true);
    }
    if (!changed || reading) {
      return;
    }
    Runnable read = this::read;
    changed = false; // before the read: a later commit sets it again
    reading = true;
    engine.callbacks().execute(read); // never throws
  }

  private void read() {
    try {
      for (CancelRequest request : engine.look(this::requests)) {
        held.cancelRequested(queue, request.id(), request.token());
      }
      reported = false;
    } catch (StoreClosedException e) {
      // no claim is held now
    } catch (Throwable e) { // the next renewal of each claim also returns its request
      if (!reported) {
        engine.warn("queue " + queue + ": cannot look for work to be cancelled", e);
      }
      reported = true;
    } finally {
      reading = false;
    }
  }

  private List<CancelRequest> requests(Tx tx) {
    CancelDao dao = tx.attach(CancelDao.class);
    List<CancelRequest> all = new ArrayList<>();
    List<CancelRequest> page;
    long after = 0;
    do {
      page = dao.requests(queue, after, PAGE);
      all.addAll(page);
      after = page.isEmpty() ? after : page.get(page.size() - 1).id();
    } while (!page.isEmpty());
    return all;
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }
}

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
 * Finds the requests of other processes to cancel what a worker of this one holds. {@link #look}
 * belongs to one thread.
 */
final class CancelWatch implements AutoCloseable {
  /*
   * A request of this Belay reaches its handler with the commit (ClaimRegistry.cancelled). Those
   * of other processes are read after a commit, from an index that holds nothing else and is
   * nearly always empty. There is one read at a time, at the earliest with the next look. It is
   * made beside the thread that looks, which renews claims and must not wait.
   */
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

  /** Reads the requests if anything may have changed since the last time, and passes them on. */
  void look() {
    if (watch == null) {
      watch = engine.watch(() -> changed = true);
    }
    if (!changed || reading) {
      return;
    }
    Runnable read = this::read;
    changed = false; // before the read: what is committed later sets it again
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
      // nothing is held now
    } catch (Throwable e) { // the next renewals bring the requests
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

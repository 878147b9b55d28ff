package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.queue.RawQueue.Claimed;
import java.sql.SQLException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What the workers of the raw queue do. Safe for use by many threads. */
final class RawWork {
  private final RawQueue queue;
  private final ReentrantLock lock;
  private final Condition enqueued;
  private final Items items;
  private int completed;
  private boolean stopped;

  RawWork(RawQueue queue, ReentrantLock lock, Condition enqueued, Items items) {
    this.queue = queue;
    this.lock = lock;
    this.enqueued = enqueued;
    this.items = items;
  }

  void run(int number) throws Exception {
    String worker = "worker-" + number;
    for (Claimed claimed = next(worker); claimed != null; claimed = next(worker)) {
      items.work(claimed.payload());
      complete(claimed);
    }
  }

  /** The next work, waited for; null when stopped. */
  private Claimed next(String worker) throws Exception {
    lock.lock();
    try {
      Claimed claimed = stopped ? null : queue.claim(worker);
      while (claimed == null && !stopped) {
        enqueued.await();
        claimed = queue.claim(worker);
      }
      return claimed;
    } finally {
      lock.unlock();
    }
  }

  private void complete(Claimed claimed) throws SQLException {
    lock.lock();
    try {
      queue.complete(claimed);
      completed++;
    } finally {
      lock.unlock();
    }
  }

  int completed() {
    lock.lock();
    try {
      return completed;
    } finally {
      lock.unlock();
    }
  }

  void stop() {
    lock.lock();
    try {
      stopped = true;
      enqueued.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

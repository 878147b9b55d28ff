package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.peer.Callers;
import dev.belay.benchmarks.peer.Scratch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@link RawQueue} behind one lock, each enqueue, claim and completion a transaction of its own.
 * Immutable.
 *
 * <p>No ceiling: one transaction for many items, as other peers have it, does less for each. The
 * lock is an unfair one, which is the fastest. Whoever finds nothing sleeps until an enqueue wakes
 * it; only sleepers of this process know of it.
 */
final class RawQueuePeer implements DrivenQueue<Scratch> {
  @Override
  public String name() {
    return "raw, singly";
  }

  @Override
  public int items(Effort effort) {
    return ItemCounts.FAST.of(effort);
  }

  @Override
  public Run start(Scratch folder, Items items) throws Exception {
    RawQueue queue = new RawQueue(folder.file());
    ReentrantLock lock = new ReentrantLock();
    Condition enqueued = lock.newCondition();
    RawWork work = new RawWork(queue, lock, enqueued, items);
    Callers workers = Callers.start(QueueDrive.WORKERS, work::run);
    return new Run() {
      @Override
      public void enqueue(int item) throws Exception {
        String payload = items.payload(item);
        lock.lock();
        try {
          queue.enqueue(payload);
          enqueued.signal();
        } finally {
          lock.unlock();
        }
      }

      @Override
      public void check() throws Exception {
        workers.check();
      }

      @Override
      public boolean settled() {
        return work.completed() == items.count();
      }

      @Override
      public void stop() throws Exception {
        try (queue;
            workers) {
          work.stop();
          workers.join();
        }
      }
    };
  }
}

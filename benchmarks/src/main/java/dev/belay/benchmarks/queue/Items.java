package dev.belay.benchmarks.queue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** The items of one run, and how often each was done. Safe for use by many threads. */
public final class Items {
  /** Of ASCII, so bytes too. */
  public static final int PAYLOAD_LENGTH = 200;

  private static final int NUMBER_LENGTH = 9;
  private static final int FIRST_NUMBER = 100_000_000; // so that all have as many digits
  private static final String FILLER = "x".repeat(PAYLOAD_LENGTH - NUMBER_LENGTH);

  private final AtomicIntegerArray done;
  private final CountDownLatch left;

  /** None is done yet. */
  public Items(int count) {
    done = new AtomicIntegerArray(count);
    left = new CountDownLatch(count);
  }

  /** How many there are. */
  public int count() {
    return done.length();
  }

  /** What is enqueued. */
  public String payload(int item) {
    return (FIRST_NUMBER + item) + FILLER;
  }

  /** What a worker does with an item: it says so. */
  public void work(String payload) {
    if (payload.length() != PAYLOAD_LENGTH) {
      throw new IllegalStateException("a payload came back with " + payload.length() + " bytes");
    }
    done.incrementAndGet(Integer.parseInt(payload, 1, NUMBER_LENGTH, 10));
    left.countDown();
  }

  /** Whether as many were done as there are; one done twice may still hide one that was not. */
  boolean awaitWorked(long ms) throws InterruptedException {
    return left.await(ms, TimeUnit.MILLISECONDS);
  }

  /** How many are still to be done, if none is done twice. */
  public long left() {
    return left.getCount();
  }

  /** To be asked when nobody works any more. */
  void requireEachOnce(String peer) {
    for (int item = 0; item < done.length(); item++) {
      if (done.get(item) != 1) {
        throw new IllegalStateException(
            peer + ": item " + item + " was done " + done.get(item) + " times");
      }
    }
  }
}

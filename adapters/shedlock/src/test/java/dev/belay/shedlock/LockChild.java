package dev.belay.shedlock;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.Parent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;

/** Another process with the same locks. Arguments: the store, a task, and what the task needs. */
final class LockChild {
  private static final Parent PARENT = new Parent();

  private LockChild() {}

  public static void main(String[] args) {
    PARENT.follow();
    try (Belay belay = TestStores.at(args[0], BelayOptions.defaults())) {
      switch (args[1]) {
        case "hold" -> hold(belay);
        case "churn" -> churn(belay);
        case "count" -> count(belay, Path.of(args[2]), Integer.parseInt(args[3]));
        default -> throw new IllegalArgumentException(args[1]);
      }
    }
  }

  static LockConfiguration hour(Duration atLeast) {
    return new LockConfiguration(ClockProvider.now(), "report", Duration.ofHours(1), atLeast);
  }

  private static void hold(Belay belay) {
    BelayLock lock =
        (BelayLock) new BelayLockProvider(belay).lock(hour(Duration.ZERO)).orElseThrow();
    PARENT.say(Long.toString(lock.lease().token()));
    LockSupport.park();
  }

  /** Locks, extends and unlocks without an end. */
  private static void churn(Belay belay) {
    BelayLockProvider locks = new BelayLockProvider(belay);
    while (true) {
      BelayLock lock = (BelayLock) locks.lock(hour(Duration.ZERO)).orElseThrow();
      PARENT.say(Long.toString(lock.lease().token()));
      lock.extend(Duration.ofHours(2), Duration.ZERO).orElseThrow().unlock();
    }
  }

  /** Adds one to the number in a file, {@code times} times, each time under the lock. */
  private static void count(Belay belay, Path file, int times) {
    LockingTaskExecutor executor = new DefaultLockingTaskExecutor(new BelayLockProvider(belay));
    int[] done = {0};
    while (done[0] < times) {
      executor.executeWithLock(
          (Runnable)
              () -> {
                addOne(file);
                done[0]++;
              },
          hour(Duration.ZERO));
    }
    PARENT.say("done");
  }

  private static void addOne(Path file) {
    try {
      int number = Integer.parseInt(Files.readString(file));
      LockSupport.parkNanos(50_000); // so that two without a lock would meet here
      Files.writeString(file, Integer.toString(number + 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

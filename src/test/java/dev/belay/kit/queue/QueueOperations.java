package dev.belay.kit.queue;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.testing.Parent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;

/**
 * One queue, as Lincheck's threads use it: each with the newest claim it was granted and with the
 * first, which may be stale. Answers in words, because ids and tokens differ from run to run.
 *
 * <p>The main of a child: {@code args[0]} and {@code args[1]} name the store, {@code args[2]} is
 * the number of scenarios. Says {@code linearizable}, or fails.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
public final class QueueOperations {
  static final int THREADS_MAX = 8;

  private static final Duration TTL = Duration.ofHours(1);
  private static final AtomicLong NAMES = new AtomicLong();
  private static final AtomicReference<@Nullable Belay> BELAY = new AtomicReference<>();

  private final WorkQueue queue = belay().queue("queue-" + NAMES.incrementAndGet());
  private final @Nullable Claim[] first = new Claim[THREADS_MAX];
  private final @Nullable Claim[] newest = new Claim[THREADS_MAX];

  /** Checks scenarios of three threads with three operations each. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    parent.follow();
    try (Belay belay = Engine.open(args)) {
      BELAY.set(belay);
      new StressOptions()
          .threads(3)
          .actorsPerThread(3)
          .actorsBefore(2)
          .actorsAfter(1)
          .iterations(Integer.parseInt(args[2]))
          .invocationsPerIteration(100)
          .sequentialSpecification(QueueSpecification.class)
          .check(QueueOperations.class);
      parent.say("linearizable");
    }
  }

  @Operation
  public String enqueue(@Param(name = "thread") int thread) {
    queue.enqueue(NewWork.of("of thread " + thread));
    return "added";
  }

  @Operation
  public String claim(@Param(name = "thread") int thread) {
    Optional<Claim> granted = queue.claim("thread " + thread, TTL);
    if (granted.isEmpty()) {
      return "nothing";
    }
    newest[thread] = granted.get();
    if (first[thread] == null) {
      first[thread] = granted.get();
    }
    return granted.get().payload();
  }

  @Operation
  public String completeNewest(@Param(name = "thread") int thread) {
    Claim claim = newest[thread];
    return claim == null ? "none" : queue.complete(claim).toString();
  }

  @Operation
  public String completeFirst(@Param(name = "thread") int thread) {
    Claim claim = first[thread];
    return claim == null ? "none" : queue.complete(claim).toString();
  }

  @Operation
  public String releaseNewest(@Param(name = "thread") int thread) {
    Claim claim = newest[thread];
    return claim == null ? "none" : queue.release(claim).toString();
  }

  private static Belay belay() {
    Belay belay = BELAY.get();
    if (belay == null) {
      throw new IllegalStateException("no store is open");
    }
    return belay;
  }
}

package dev.belay.kit.lease;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.lease.Acquisition;
import dev.belay.lease.Lease;
import dev.belay.lease.Leases;
import dev.belay.testing.Parent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;

/**
 * One lease, as Lincheck's threads use it: each with the newest lease it was granted and with the
 * first, which may be stale. Answers in words, because tokens differ from run to run.
 *
 * <p>The main of a child: {@code args[0]} and {@code args[1]} name the store, {@code args[2]} is
 * the number of scenarios. Says {@code linearizable}, or fails.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
public final class LeaseOperations {
  static final int THREADS_MAX = 8;

  private static final Duration TTL = Duration.ofHours(1);
  private static final AtomicLong NAMES = new AtomicLong();
  private static final AtomicReference<@Nullable Leases> LEASES = new AtomicReference<>();

  private final String name = "lease-" + NAMES.incrementAndGet();
  private final @Nullable Lease[] first = new Lease[THREADS_MAX];
  private final @Nullable Lease[] newest = new Lease[THREADS_MAX];

  /** Checks scenarios of three threads with three operations each. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    parent.follow();
    try (Belay belay = Engine.open(args)) {
      LEASES.set(belay.leases());
      new StressOptions()
          .threads(3)
          .actorsPerThread(3)
          .actorsBefore(1)
          .actorsAfter(1)
          .iterations(Integer.parseInt(args[2]))
          .invocationsPerIteration(100)
          .sequentialSpecification(LeaseSpecification.class)
          .check(LeaseOperations.class);
      parent.say("linearizable");
    }
  }

  @Operation
  public String acquire(@Param(name = "thread") int thread) {
    Acquisition acquisition = leases().acquire(name, "thread " + thread, TTL);
    if (acquisition instanceof Acquisition.Held held) {
      return "held by " + held.holder();
    }
    Lease lease = acquisition.granted().orElseThrow();
    newest[thread] = lease;
    if (first[thread] == null) {
      first[thread] = lease;
    }
    return "granted";
  }

  @Operation
  public String renewNewest(@Param(name = "thread") int thread) {
    return renew(newest[thread]);
  }

  @Operation
  public String renewFirst(@Param(name = "thread") int thread) {
    return renew(first[thread]);
  }

  @Operation
  public String releaseNewest(@Param(name = "thread") int thread) {
    return release(newest[thread]);
  }

  @Operation
  public String releaseFirst(@Param(name = "thread") int thread) {
    return release(first[thread]);
  }

  @Operation
  public String holder() {
    return leases().find(name).map(Lease::holder).orElse("nobody");
  }

  private static String renew(@Nullable Lease lease) {
    if (lease == null) {
      return "none";
    }
    return leases().renew(lease, TTL).renewed().isPresent() ? "renewed" : "lost";
  }

  private static String release(@Nullable Lease lease) {
    if (lease == null) {
      return "none";
    }
    return leases().release(lease) ? "released" : "lost";
  }

  private static Leases leases() {
    Leases leases = LEASES.get();
    if (leases == null) {
      throw new IllegalStateException("no store is open");
    }
    return leases;
  }
}

package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.peer.Callers;
import dev.belay.benchmarks.peer.Place;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * How often a second a free lease is acquired and released, by one caller and by 16 that hold names
 * of their own. Belongs to one thread.
 *
 * <p>An operation is the whole {@link Cycle}. The first tenth of the time warms up and is not
 * counted.
 */
public final class LeaseThroughput<S extends Place> extends NamedQuestion {
  /** What is done with a lease. */
  public enum Cycle {
    /** Acquired and released. */
    ACQUIRE_RELEASE("acquire+release") {
      @Override
      void run(LeasePeer.Store store, String name) throws Exception {
        store.acquire(name).release();
      }
    },
    /** Acquired, renewed and released. */
    ACQUIRE_RENEW_RELEASE("acquire+renew+release") {
      @Override
      void run(LeasePeer.Store store, String name) throws Exception {
        LeasePeer.Held held = store.acquire(name);
        held.renew();
        held.release();
      }
    };

    private final String metric;

    Cycle(String metric) {
      this.metric = metric;
    }

    abstract void run(LeasePeer.Store store, String name) throws Exception;
  }

  private final String durability;
  private final Cycle cycle;
  private final List<? extends LeasePeer<S>> peers;
  private final Supplier<S> places;

  /**
   * Creates a question.
   *
   * @param durability as in the setting
   * @param places makes a place for each store
   */
  public LeaseThroughput(
      String name,
      String durability,
      Cycle cycle,
      List<? extends LeasePeer<S>> peers,
      Supplier<S> places) {
    super(name, "ShedLock", 3);
    this.durability = durability;
    this.cycle = cycle;
    this.peers = peers;
    this.places = places;
  }

  /** On files. */
  public static LeaseThroughput<Scratch> onFiles() {
    return new LeaseThroughput<>(
        "lease",
        "NORMAL",
        Cycle.ACQUIRE_RELEASE,
        List.of(
            new RawLeases(),
            new BelayLeases<Scratch>(folder -> Belay.open(folder.file())),
            new ShedLockLeases<Scratch>(
                folder -> PlainSqlite.pool(folder.file(), 1, TransactionMode.IMMEDIATE))),
        Scratch::new);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    for (int callers : new int[] {1, 16}) {
      for (LeasePeer<S> peer : Rotation.of(peers, round)) {
        String setting = callers + (callers == 1 ? " caller" : " callers") + ", " + durability;
        double rate = rate(peer, callers, measureMs(effort));
        new Figures(samples, name(), setting, peer.name(), round).add(cycle.metric, "ops/s", rate);
      }
    }
  }

  private static long measureMs(Effort effort) {
    return switch (effort) {
      case SMOKE -> 20;
      case QUICK -> 1_000;
      case FULL -> 3_000;
    };
  }

  private double rate(LeasePeer<S> peer, int callers, long measureMs) throws Exception {
    try (S place = places.get()) {
      LeasePeer.Store store = peer.open(place);
      try {
        drive(store, callers, measureMs / 9);
        return drive(store, callers, measureMs);
      } finally {
        store.close();
      }
    }
  }

  private double drive(LeasePeer.Store store, int callers, long ms) throws Exception {
    LongAdder operations = new LongAdder();
    long start = System.nanoTime();
    long end = start + TimeUnit.MILLISECONDS.toNanos(ms);
    Callers.Body body =
        number -> {
          String lease = "lease-" + number;
          do {
            cycle.run(store, lease);
            operations.increment();
          } while (System.nanoTime() < end);
        };
    try (Callers running = Callers.start(callers, body)) {
      running.join();
    }
    return operations.sum() * 1e9 / (System.nanoTime() - start);
  }
}

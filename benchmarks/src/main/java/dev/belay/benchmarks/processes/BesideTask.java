package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Scratch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A process that calls a verb once, or rests, and then ends the {@link RenewTask} beside it.
 * Belongs to the main thread.
 */
public final class BesideTask implements Task {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final int WARM_UPS = 4;
  private static final int WARM_UP_SIZE = 3_000;

  private Values settings;
  private Belay belay;

  /** Opens, and calls the verb elsewhere: no class is left to load while the lock is held. */
  @Override
  public void prepare(Values settings) throws Exception {
    this.settings = settings;
    for (int i = 0; i < WARM_UPS; i++) {
      try (Scratch scratch = new Scratch()) {
        Path file = scratch.file("warm.db");
        verb().crowd().fill(file, WARM_UP_SIZE);
        try (Belay warm = Belay.open(file)) {
          verb().run(warm, WARM_UP_SIZE);
        }
      }
    }
    belay = Belay.open(settings.file());
    belay.leases().acquire("warm", "benchmark", TTL).granted().orElseThrow();
  }

  private BesideVerb verb() {
    return BesideVerb.valueOf(settings.text("verb"));
  }

  @Override
  public Values run(long startNanos) throws Exception {
    Pause.until(startNanos + TimeUnit.MILLISECONDS.toNanos(settings.number("restMs")));
    long before = System.nanoTime();
    verb().run(belay, settings.number("size"));
    long nanos = System.nanoTime() - before;
    belay.leases().acquire(RenewTask.OVER, "benchmark", TTL).granted().orElseThrow();
    return new Values().with("nanos", nanos);
  }

  @Override
  public void close() {
    belay.close();
  }
}

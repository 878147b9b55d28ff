package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Scratch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A process that calls a verb once, or rests, and then ends the {@link RenewTask} beside it.
 * Belongs to the main thread.
 */
public final class BesideTask extends BelayTask {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final int WARM_UPS = 4;
  private static final int WARM_UP_SIZE = 3_000;

  private BesideVerb verb;

  /** Opens, and calls the verb elsewhere: no class is left to load while the lock is held. */
  @Override
  public void prepare(Values settings) throws Exception {
    verb = BesideVerb.valueOf(settings.text("verb"));
    for (int i = 0; i < WARM_UPS; i++) {
      try (Scratch scratch = new Scratch()) {
        Path file = scratch.file("warm.db");
        verb.crowd().fill(file, WARM_UP_SIZE);
        try (Belay warm = Belay.open(file)) {
          verb.run(warm, WARM_UP_SIZE);
        }
      }
    }
    super.prepare(settings);
    belay.leases().acquire("warm", "benchmark", TTL).granted().orElseThrow();
  }

  @Override
  public Values run(Values settings, long startNanos) throws Exception {
    Pause.until(startNanos + TimeUnit.MILLISECONDS.toNanos(settings.number("restMs")));
    long before = System.nanoTime();
    verb.run(belay, settings.number("size"));
    long nanos = System.nanoTime() - before;
    belay.leases().acquire(RenewTask.OVER, "benchmark", TTL).granted().orElseThrow();
    return new Values().with("nanos", nanos);
  }
}

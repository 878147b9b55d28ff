package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.lease.Leases;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A process that calls a verb once, or rests, and then ends the {@link RenewTask} beside it.
 * Belongs to the main thread.
 */
public final class BesideTask implements Task {
  /** The name of no verb: nothing happens for a while. */
  static final String NOTHING = "NOTHING";

  private static final Duration TTL = Duration.ofMinutes(1);

  private Settings settings;
  private Belay belay;

  @Override
  public void prepare(Settings settings) {
    this.settings = settings;
    belay = Belay.open(settings.file());
  }

  @Override
  public Report run(long startNanos) throws Exception {
    Pause.until(startNanos + TimeUnit.MILLISECONDS.toNanos(settings.number("restMs")));
    String verb = settings.text("verb");
    long before = System.nanoTime();
    if (!verb.equals(NOTHING)) {
      BesideVerb.valueOf(verb).run(belay, settings.number("size"));
    }
    belay.close(); // which ends what a verb has left to do
    long nanos = System.nanoTime() - before;
    try (Belay again = Belay.open(settings.file())) {
      Leases leases = again.leases();
      leases.acquire(RenewTask.OVER, "benchmark", TTL).granted().orElseThrow();
    }
    return new Report().count("nanos", nanos);
  }

  @Override
  public void close() {
    if (belay != null) {
      belay.close();
    }
  }
}

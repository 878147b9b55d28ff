package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;

/** A task on an open store. Belongs to the main thread. */
abstract class BelayTask implements Task {
  Belay belay;

  @Override
  public void prepare(Values settings) throws Exception {
    belay = Belay.open(settings.file());
  }

  @Override
  public void close() {
    belay.close();
  }
}

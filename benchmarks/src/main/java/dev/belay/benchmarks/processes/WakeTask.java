package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;

/** A task on an open queue. Belongs to the main thread. */
abstract class WakeTask implements Task {
  WakeQueue queue;

  /** The queue of that class, not open. */
  static WakeQueue newQueue(String type) throws ReflectiveOperationException {
    return (WakeQueue) Class.forName(type).getDeclaredConstructor().newInstance();
  }

  @Override
  public void prepare(Values settings) throws Exception {
    queue = newQueue(settings.text("queue"));
    queue.open(settings.text("store"));
  }

  @Override
  public void close() {
    queue.close();
  }
}

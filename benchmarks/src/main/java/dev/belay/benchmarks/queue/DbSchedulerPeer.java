package dev.belay.benchmarks.queue;

import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import dev.belay.benchmarks.Effort;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** db-scheduler with its one-time tasks, which it deletes when they are done. Immutable. */
final class DbSchedulerPeer implements QueuePeer {
  private final String name;
  private final int connections;
  private final UnaryOperator<SchedulerBuilder> settings;

  DbSchedulerPeer(String name, int connections, UnaryOperator<SchedulerBuilder> settings) {
    this.name = name;
    this.connections = connections;
    this.settings = settings;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int items(Effort effort) {
    return ItemCounts.MIDDLING.of(effort);
  }

  @Override
  public Run start(Path file, Items items) throws Exception {
    DbSchedulerStore store =
        new DbSchedulerStore(file, connections, QueueDrive.WORKERS, settings, items::work);
    return new Run() {
      @Override
      public void enqueue(int item) {
        store.enqueue(Integer.toString(item), items.payload(item));
      }

      @Override
      public boolean settled() throws Exception {
        return store.isEmpty();
      }

      @Override
      public void stop() throws Exception {
        store.close();
      }
    };
  }
}

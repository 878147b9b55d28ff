package dev.belay.benchmarks.queue;

import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

/** db-scheduler with a thread of its own for the handler. Immutable. */
final class DbSchedulerWake implements WakePeer {
  private final String name;
  private final UnaryOperator<SchedulerBuilder> settings;

  DbSchedulerWake(String name, UnaryOperator<SchedulerBuilder> settings) {
    this.name = name;
    this.settings = settings;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Sleeper start(Path file, LongConsumer started) throws Exception {
    DbSchedulerStore store =
        DbSchedulerSqlite.open(file, 2, 1, settings, payload -> started.accept(System.nanoTime()));
    return new Sleeper() {
      @Override
      public void enqueue(int item) {
        store.enqueue(Integer.toString(item), "{}");
      }

      @Override
      public void stop() throws Exception {
        store.close();
      }
    };
  }
}

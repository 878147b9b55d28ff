package dev.belay.benchmarks.queue;

import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import dev.belay.benchmarks.Effort;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** db-scheduler with its one-time tasks, which it deletes when they are done. Immutable. */
public final class DbSchedulerPeer<S> implements DrivenQueue<S> {
  /** Opens a store. Safe for use by many threads. */
  public interface Opener<S> {
    /** Opens it, with {@link QueueDrive#WORKERS} threads. */
    DbSchedulerStore open(
        S place, UnaryOperator<SchedulerBuilder> settings, Consumer<String> handler)
        throws Exception;
  }

  private final String name;
  private final Opener<S> opener;
  private final UnaryOperator<SchedulerBuilder> settings;

  /** With settings of its own. */
  public DbSchedulerPeer(String name, Opener<S> opener, UnaryOperator<SchedulerBuilder> settings) {
    this.name = name;
    this.opener = opener;
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
  public Run start(S place, Items items) throws Exception {
    DbSchedulerStore store = opener.open(place, settings, items::work);
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

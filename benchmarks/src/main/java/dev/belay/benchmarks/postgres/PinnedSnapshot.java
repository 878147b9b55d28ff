package dev.belay.benchmarks.postgres;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.peer.Callers;
import dev.belay.benchmarks.queue.DrivenQueue;
import dev.belay.benchmarks.queue.Items;
import dev.belay.benchmarks.queue.QueueDrive;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many items go through a queue before, while and after another transaction keeps an old
 * snapshot, so that VACUUM can take no dead row away. Immutable.
 *
 * <p>16 producers keep up to 1,000 items ahead of 16 workers. The snapshot is held for 60 s (quick:
 * 5 s); "pinned, end" is its last sixth.
 */
final class PinnedSnapshot extends NamedQuestion {
  private static final String SETTING = "16 + 16 threads, fsync on, 200 B";
  private static final int AHEAD = 1_000;
  private static final int ITEMS_MAX = 5_000_000;
  private static final int PARTS = 6;

  private final List<DrivenQueue<Schema>> peers;

  PinnedSnapshot(List<DrivenQueue<Schema>> peers) {
    super("pg pinned", "db-scheduler", 1);
    this.peers = peers;
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    long pinnedMs =
        switch (effort) {
          case SMOKE -> 12;
          case QUICK -> 6_000;
          case FULL -> 60_000;
        };
    for (DrivenQueue<Schema> peer : peers) {
      try (Schema schema = new Schema()) {
        ask(peer, schema, pinnedMs, new Figures(samples, name(), SETTING, peer.name(), round));
      }
    }
  }

  private static void ask(DrivenQueue<Schema> peer, Schema schema, long pinnedMs, Figures figures)
      throws Exception {
    Items items = new Items(ITEMS_MAX);
    DrivenQueue.Run run = peer.start(schema, items);
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicInteger next = new AtomicInteger();
    Callers.Body produce =
        number -> {
          while (!stopped.get()) {
            int item = next.getAndIncrement();
            run.enqueue(item);
            while (next.get() - done(items) > AHEAD && !stopped.get()) {
              TimeUnit.MILLISECONDS.sleep(2);
            }
          }
        };
    long partMs = pinnedMs / PARTS;
    try (Callers producers = Callers.start(QueueDrive.PRODUCERS, produce)) {
      rate(items, run, partMs); // warms up
      figures.add("before", "items/s", rate(items, run, 2 * partMs));
      try (Connection pin = DriverManager.getConnection(schema.url())) {
        pin(pin);
        figures.add("pinned", "items/s", rate(items, run, (PARTS - 1) * partMs));
        figures.add("pinned, end", "items/s", rate(items, run, partMs));
      }
      figures.add("after", "items/s", rate(items, run, 2 * partMs));
      stopped.set(true);
      producers.join();
    } finally {
      run.stop();
    }
  }

  private static void pin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_current_xact_id()");
    }
  }

  private static int done(Items items) {
    return (int) (items.count() - items.left());
  }

  private static double rate(Items items, DrivenQueue.Run run, long ms) throws Exception {
    long start = System.nanoTime();
    int before = done(items);
    TimeUnit.MILLISECONDS.sleep(ms);
    run.check();
    return (done(items) - before) * 1e9 / (System.nanoTime() - start);
  }
}

package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.report.Sample;
import dev.belay.benchmarks.report.Samples;
import java.util.List;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * How many items of 200 bytes go through a queue: enqueued by 16 producers, claimed and completed
 * by 16 workers at the same time, in one process on one file. Belongs to one thread.
 *
 * <p>"in" ends when the last enqueue has returned, "through" when the last completion is durable;
 * both begin with the first enqueue. Each item must have been done exactly once, or the run fails.
 */
public final class QueueThroughput implements Question {
  private static final List<QueuePeer> PEERS =
      List.of(
          new DbSchedulerPeer("fetch, 10 ms", 1, b -> b.pollUsingFetch(0.5, 4.0)),
          new RawQueuePeer(),
          new BelaySingly(),
          new BelayWorker(16, 64),
          new JobRunrPeer(1, TransactionMode.DEFERRED));

  /** For the list of questions. */
  public QueueThroughput() {}

  @Override
  public String name() {
    return "queue";
  }

  @Override
  public String base() {
    return "db-scheduler";
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    for (QueuePeer peer : Rotation.of(PEERS, round)) {
      try (ScratchFolder folder = ScratchFolder.create()) {
        QueueDrive.Rates rates = QueueDrive.run(peer, folder.file("queue.db"), peer.items(effort));
        samples.add(sample(peer, "in", round, rates.in()));
        samples.add(sample(peer, "through", round, rates.through()));
      }
    }
  }

  private Sample sample(QueuePeer peer, String metric, int round, double value) {
    String setting = "16 producers, 16 workers, NORMAL, 200 B";
    return new Sample(name(), setting, peer.name(), metric, "items/s", round, value);
  }
}

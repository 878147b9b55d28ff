package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.util.List;
import java.util.function.Predicate;

/**
 * How many items of 200 bytes go through a queue: enqueued by 16 producers, claimed and completed
 * by 16 workers at the same time, in one process on one file. Belongs to one thread.
 *
 * <p>"in" ends when the last enqueue has returned, "through" when the last completion is durable;
 * both begin with the first enqueue. Each item must have been done exactly once, or the run fails.
 *
 * <p>Belay's worker claims up to 64 items in one transaction, db-scheduler locks and fetches up to
 * 320, JobRunr takes up to 64. "raw, singly" and "belay, singly" claim and complete one by one.
 */
public final class QueueThroughput extends NamedQuestion {
  private static final String SETTING = "16 + 16 threads, NORMAL, 200 B";

  /** Of the claims of Belay's worker. */
  private static final int BATCH = 64;

  private static final int WARM_UP_PART = 3;

  /*
   * db-scheduler's best is to lock and fetch up to 20 items a thread at once, with immediate
   * execution, which needs the small customization of DbSchedulerSqlite. What it does on SQLite
   * without is there too. On a busy machine of two cores, thousands of items a second through:
   * lock and fetch 4.0 to 20.0 a thread 3.7–4.3 (without immediate execution 3.6–4.1, four
   * connections 3.5–4.5), 0.5 to 4.0 a thread 2.7–3.7; fetch 1.8–2.9, with immediate execution
   * 2.0–2.8, 16 connections 2.2; fetch and lock on execute 2.5–2.7.
   */
  private static final List<QueuePeer> PEERS =
      List.of(
          new DbSchedulerPeer(
              "db-scheduler",
              1,
              settings -> settings.pollUsingLockAndFetch(4.0, 20.0).enableImmediateExecution()),
          new DbSchedulerPeer(
              "db-scheduler, stock",
              1,
              settings -> settings.pollUsingFetch(0.5, 4.0).enableImmediateExecution()),
          new RawQueuePeer(),
          new BelaySingly(),
          new BelayWorker(QueueDrive.WORKERS, BATCH),
          new JobRunrPeer());

  private final List<QueuePeer> peers;
  private boolean warm;

  private QueueThroughput(List<QueuePeer> peers) {
    super("queue", "db-scheduler", 3);
    this.peers = peers;
  }

  /** For the list of questions. */
  public QueueThroughput() {
    this(PEERS);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    if (!warm && effort != Effort.SMOKE) {
      warmUp();
      warm = true;
    }
    for (QueuePeer peer : Rotation.of(peers, round)) {
      try (Scratch folder = new Scratch()) {
        QueueDrive.Rates rates = QueueDrive.run(peer, folder.file("queue.db"), peer.items(effort));
        Figures figures = new Figures(samples, name(), SETTING, peer.name(), round);
        figures.add("in", "items/s", rates.in());
        figures.add("through", "items/s", rates.through());
      }
    }
  }

  /** Every peer once before any is measured, or the first would pay for the others' classes. */
  private void warmUp() throws Exception {
    for (QueuePeer peer : peers) {
      try (Scratch folder = new Scratch()) {
        int items = peer.items(Effort.QUICK) / WARM_UP_PART;
        QueueDrive.run(peer, folder.file("queue.db"), items);
      }
    }
  }

  @Override
  public Question narrowed(Predicate<String> setting, Predicate<String> peer) {
    return new QueueThroughput(
        peers.stream()
            .filter(each -> each.name().equals(base()) || peer.test(each.name()))
            .toList());
  }
}

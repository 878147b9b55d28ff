package dev.belay.benchmarks.queue;

import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.peer.Place;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jobrunr.storage.sql.sqlite.SqLiteStorageProvider;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * How many items of 200 bytes go through a queue: enqueued by 16 producers, claimed and completed
 * by 16 workers at the same time, in one process on one store. Belongs to one thread.
 *
 * <p>"in" ends when the last enqueue has returned, "through" when the last completion is durable;
 * both begin with the first enqueue. Each item must have been done exactly once, or the run fails.
 *
 * <p>Belay's worker claims up to 64 items in one transaction, db-scheduler locks and fetches up to
 * 320, JobRunr takes up to 64. "raw, singly" and "belay, singly" claim and complete one by one.
 */
public final class QueueThroughput<S extends Place> extends NamedQuestion {
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
  private static final List<QueuePeer<Scratch>> PEERS =
      List.of(
          new DbSchedulerPeer<>(
              "db-scheduler",
              QueueThroughput::dbScheduler,
              settings -> settings.pollUsingLockAndFetch(4.0, 20.0).enableImmediateExecution()),
          new DbSchedulerPeer<>(
              "db-scheduler, stock",
              QueueThroughput::dbScheduler,
              settings -> settings.pollUsingFetch(0.5, 4.0).enableImmediateExecution()),
          new RawQueuePeer(),
          new BelaySingly<Scratch>(QueueThroughput::belay),
          new BelayWorker<Scratch>(QueueThroughput::belay, QueueDrive.WORKERS, BATCH),
          // One connection was as fast as two or four, with which it meets SQLITE_BUSY unless every
          // transaction begins IMMEDIATE; deferred ones were no faster.
          new JobRunrPeer<Scratch>(
              folder -> PlainSqlite.pool(folder.file(), 1, TransactionMode.IMMEDIATE),
              SqLiteStorageProvider::new));

  private final String durability;
  private final List<QueuePeer<S>> peers;
  private final Supplier<S> places;
  private boolean warm;

  /**
   * Creates a question.
   *
   * @param durability as in the setting
   * @param places makes a place for each store
   */
  public QueueThroughput(
      String name, String durability, List<QueuePeer<S>> peers, Supplier<S> places) {
    super(name, "db-scheduler", 3);
    this.durability = durability;
    this.peers = peers;
    this.places = places;
  }

  /** On files. */
  public static QueueThroughput<Scratch> onFiles() {
    return new QueueThroughput<>("queue", "NORMAL", PEERS, Scratch::new);
  }

  private static Belay belay(Scratch folder) {
    return Belay.open(folder.file());
  }

  private static DbSchedulerStore dbScheduler(
      Scratch folder, UnaryOperator<SchedulerBuilder> settings, Consumer<String> handler)
      throws SQLException {
    return DbSchedulerSqlite.open(folder.file(), 1, QueueDrive.WORKERS, settings, handler);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    if (!warm && effort != Effort.SMOKE) {
      warmUp(effort);
      warm = true;
    }
    String setting = "16 + 16 threads, " + durability + ", 200 B";
    List<QueuePeer<S>> here = peers.stream().filter(peer -> peer.isHere(effort)).toList();
    for (QueuePeer<S> peer : Rotation.of(here, round)) {
      try (S place = places.get()) {
        QueuePeer.Rates rates = peer.run(place, peer.items(effort));
        Figures figures = new Figures(samples, name(), setting, peer.name(), round);
        figures.add("in", "items/s", rates.in());
        figures.add("through", "items/s", rates.through());
      }
    }
  }

  /** Every peer once before any is measured, or the first would pay for the others' classes. */
  private void warmUp(Effort effort) throws Exception {
    for (QueuePeer<S> peer : peers.stream().filter(each -> each.isHere(effort)).toList()) {
      try (S place = places.get()) {
        peer.run(place, peer.items(Effort.QUICK) / WARM_UP_PART);
      }
    }
  }

  @Override
  public Question narrowed(Predicate<String> setting, Predicate<String> peer) {
    return new QueueThroughput<>(
        name(),
        durability,
        peers.stream()
            .filter(each -> each.name().equals(base()) || peer.test(each.name()))
            .toList(),
        places);
  }
}

package dev.belay.benchmarks.postgres;

import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.processes.BelayWakeQueue;
import dev.belay.benchmarks.processes.OtherProcessWake;
import dev.belay.benchmarks.processes.OtherProcessWake.Peer;
import dev.belay.benchmarks.queue.BelayLeases;
import dev.belay.benchmarks.queue.BelaySingly;
import dev.belay.benchmarks.queue.BelayWorker;
import dev.belay.benchmarks.queue.DbSchedulerPeer;
import dev.belay.benchmarks.queue.DrivenQueue;
import dev.belay.benchmarks.queue.JobRunrPeer;
import dev.belay.benchmarks.queue.LeaseThroughput;
import dev.belay.benchmarks.queue.LeaseThroughput.Cycle;
import dev.belay.benchmarks.queue.QueueDrive;
import dev.belay.benchmarks.queue.QueuePeer;
import dev.belay.benchmarks.queue.QueueThroughput;
import dev.belay.benchmarks.queue.ShedLockLeases;
import java.util.List;
import java.util.stream.Stream;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;

/** The questions that are asked on PostgreSQL. Stateless. */
public final class PostgresQuestions {
  private static final String DURABILITY = "fsync on";

  /** Of the claims of Belay's worker. */
  private static final int BATCH = 64;

  private PostgresQuestions() {}

  /** All of them. */
  public static List<Question> all() {
    DrivenQueue<Schema> dbScheduler =
        new DbSchedulerPeer<>("db-scheduler", DbSchedulers::open, DbSchedulers::lockAndFetch);
    DrivenQueue<Schema> worker = new BelayWorker<>(Schema::openBelay, QueueDrive.WORKERS, BATCH);
    int connections = QueueDrive.PRODUCERS + QueueDrive.WORKERS;
    List<QueuePeer<Schema>> queues =
        List.of(
            dbScheduler,
            new BelayBodies(),
            new BelaySingly<>(Schema::openBelay),
            new BelayWorker<>(Schema::openBelay, QueueDrive.WORKERS, QueueDrive.WORKERS),
            worker,
            new JobRunrPeer<>(schema -> schema.pool(connections), PostgresStorageProvider::new),
            new GraphileQueue());
    return Stream.of(
            CommitRates.ofAll(),
            new QueueThroughput<>("pg queue", DURABILITY, queues, Schema::new),
            new LeaseThroughput<>(
                "pg lease",
                DURABILITY,
                Cycle.ACQUIRE_RENEW_RELEASE,
                List.of(
                    new ShedLockLeases<Schema>(schema -> schema.pool(QueueDrive.WORKERS)),
                    new BelayLeases<Schema>(Schema::openBelay)),
                Schema::new),
            new OtherProcessWake<>(
                "pg wake",
                DURABILITY,
                List.of(
                    new Peer("db-scheduler, polling", DbSchedulerWakeQueue.class),
                    new Peer("belay", BelayWakeQueue.class),
                    new Peer("graphile-worker", GraphileWakeQueue.class, Graphile::isHere)),
                Schema::new,
                Schema::url),
            new ClaimBehind(),
            new PinnedSnapshot(List.of(dbScheduler, worker)),
            new WalBytes(queues))
        .<Question>map(OnServer::new)
        .toList();
  }
}

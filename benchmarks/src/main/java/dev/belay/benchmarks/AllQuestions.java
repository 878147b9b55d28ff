package dev.belay.benchmarks;

import dev.belay.benchmarks.postgres.PostgresQuestions;
import dev.belay.benchmarks.processes.BullyWait;
import dev.belay.benchmarks.processes.ColdStart;
import dev.belay.benchmarks.processes.OtherProcessWake;
import dev.belay.benchmarks.processes.ProcessGrowth;
import dev.belay.benchmarks.processes.RenewalBeside;
import dev.belay.benchmarks.processes.WalBound;
import dev.belay.benchmarks.processes.WriteContention;
import dev.belay.benchmarks.queue.BackupBesideWriter;
import dev.belay.benchmarks.queue.HeapLimit;
import dev.belay.benchmarks.queue.IdleCpu;
import dev.belay.benchmarks.queue.LeaseThroughput;
import dev.belay.benchmarks.queue.MemorySoak;
import dev.belay.benchmarks.queue.QueueThroughput;
import dev.belay.benchmarks.queue.RenewalBehindBacklog;
import dev.belay.benchmarks.queue.WakeLatency;
import dev.belay.benchmarks.store.GrowthQuestions;
import dev.belay.benchmarks.store.StoreQuestions;
import java.util.ArrayList;
import java.util.List;

/** Every question, in the order in which they are asked. Stateless. */
public final class AllQuestions {
  private AllQuestions() {}

  /** New ones; each belongs to one thread. */
  public static List<Question> list() {
    List<Question> all = new ArrayList<>(StoreQuestions.all());
    all.addAll(
        List.of(
            QueueThroughput.onFiles(),
            LeaseThroughput.onFiles(),
            new WakeLatency(),
            new IdleCpu(),
            new RenewalBehindBacklog(),
            new BackupBesideWriter()));
    all.addAll(
        List.of(
            new WriteContention(), new BullyWait(), new ColdStart(), OtherProcessWake.onFiles()));
    all.addAll(List.of(new RenewalBeside(), new ProcessGrowth()));
    all.addAll(PostgresQuestions.all());
    // what fills a disk, or takes minutes, comes last
    all.addAll(GrowthQuestions.all());
    all.addAll(List.of(new HeapLimit(), new MemorySoak(), new WalBound()));
    return all;
  }
}

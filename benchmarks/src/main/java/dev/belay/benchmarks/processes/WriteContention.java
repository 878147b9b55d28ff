package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How long do callers wait when several processes write one file as fast as they can, and what does
 * that cost in throughput? Belongs to one thread.
 *
 * <p>The operation moves a head by compare and swap and appends 200 bytes, each caller on a session
 * of its own, so that only the lock is contended. Every peer runs the same statements on the same
 * schema with the same pragmas, but for the checkpoints.
 *
 * <p>"stock" checkpoints at SQLite's 1,000 pages, "raw" at 4,000 as Belay's writer: the best that
 * honest hand-written code does. One connection a process is asked where four callers share it in
 * one, four or eight processes, and a connection a caller where it has only one; all raw forms with
 * four times four.
 */
public final class WriteContention extends NamedQuestion {
  static final String NAME = "contention";

  private final Predicate<String> settings;
  private final Predicate<String> peers;

  private WriteContention(Predicate<String> settings, Predicate<String> peers) {
    super(NAME, WriterKind.STOCK.peer(), 3);
    this.settings = settings;
    this.peers = peers;
  }

  /** For the list of questions. */
  public WriteContention() {
    this(setting -> true, peer -> true);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    if (effort == Effort.SMOKE) {
      WriteRun run = new WriteRun(1, 1, "NORMAL", 0, 50);
      for (WriterKind kind : WriterKind.values()) {
        record(new Figures(samples, NAME, run.setting(), kind.peer(), round), run.runHere(kind));
      }
      return;
    }
    int measureMs = effort == Effort.FULL ? 4_000 : 2_000;
    List<WriterKind> two = List.of(WriterKind.STOCK, WriterKind.BELAY);
    List<WriterKind> alone = List.of(WriterKind.STOCK, WriterKind.RAW, WriterKind.BELAY);
    List<WriterKind> locked = List.of(WriterKind.STOCK, WriterKind.RAW_LOCKED, WriterKind.BELAY);
    List<WriterKind> all = List.of(WriterKind.values());
    Map<Integer, List<WriterKind>> kinds = Map.of(1, locked, 2, two, 4, all, 8, locked);
    for (int processes : List.of(1, 2, 4, 8)) {
      WriteRun run = WriteRun.warmedUp(effort, processes, 4, "NORMAL", measureMs);
      ask(run, kinds.get(processes), round, samples);
    }
    for (int processes : List.of(4, 8)) {
      ask(WriteRun.warmedUp(effort, processes, 1, "NORMAL", measureMs), alone, round, samples);
    }
  }

  @Override
  public Question narrowed(Predicate<String> setting, Predicate<String> peer) {
    return new WriteContention(setting, peer);
  }

  private void ask(WriteRun run, List<WriterKind> kinds, int round, Samples samples)
      throws Exception {
    if (!settings.test(run.setting())) {
      return;
    }
    List<WriterKind> wanted =
        kinds.stream()
            .filter(kind -> kind.peer().equals(base()) || peers.test(kind.peer()))
            .toList();
    for (WriterKind kind : Rotation.of(wanted, round)) {
      record(new Figures(samples, NAME, run.setting(), kind.peer(), round), run.run(kind));
    }
  }

  static void record(Figures figures, WriteResult result) {
    figures.add("throughput", "ops/s", result.writesPerSecond());
    figures.addNanos("wait p50", result.waitNanos(50));
    figures.addNanos("wait p99", result.waitNanos(99));
    figures.addNanos("wait p99.9", result.waitNanos(99.9));
    figures.addNanos("wait max", result.longestWaitNanos());
    figures.add("fairness", "min/max", result.fairness());
    figures.add("cpu per write", "µs", result.cpuMicrosPerWrite());
  }
}

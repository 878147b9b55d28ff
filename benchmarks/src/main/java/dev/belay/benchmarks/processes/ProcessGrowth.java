package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.util.List;

/**
 * What does a write of Belay's cost all of them together when more processes write one file?
 * Belongs to one thread.
 *
 * <p>The "peers" are numbers of processes, each with four callers, and the base is one. Every
 * process gets its share of the cores, so that only the whole throughput, and the processor's time
 * for a write, say whether something grows.
 */
public final class ProcessGrowth extends NamedQuestion {
  private static final String NAME = "processes growth";
  private static final int CALLERS = 4;
  private static final List<Integer> PROCESSES = List.of(1, 2, 4, 8);

  /** For the list of questions. */
  public ProcessGrowth() {
    super(NAME, size(PROCESSES.get(0)), 2);
  }

  @Override
  public List<String> sizes() {
    return PROCESSES.stream().map(ProcessGrowth::size).toList();
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    boolean smoke = effort == Effort.SMOKE;
    for (int processes : Rotation.of(smoke ? PROCESSES.subList(0, 1) : PROCESSES, round)) {
      WriteRun run = run(effort, processes);
      WriteResult result = smoke ? run.runHere(WriterKind.BELAY) : run.run(WriterKind.BELAY);
      Figures figures = new Figures(samples, NAME, run.each(), size(processes), round);
      figures.add("throughput", "ops/s", result.writesPerSecond());
      figures.add("cpu per write", "µs", result.cpuMicrosPerWrite());
    }
  }

  private static WriteRun run(Effort effort, int processes) {
    return switch (effort) {
      case SMOKE -> new WriteRun(processes, CALLERS, "NORMAL", 0, 50);
      case QUICK -> WriteRun.warmedUp(effort, processes, CALLERS, "NORMAL", 2_000);
      case FULL -> WriteRun.warmedUp(effort, processes, CALLERS, "NORMAL", 4_000);
    };
  }

  private static String size(int processes) {
    return processes + (processes == 1 ? " process" : " processes");
  }
}

package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.peer.QuietLog;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.util.List;

/**
 * Runs one setting of {@link WriteContention} by hand, and shows where the longest calls of each
 * process spent their time. Belongs to one thread.
 *
 * <p>To compare two builds of Belay, put the classes of one in front of the class path.
 */
public final class ContentionMain {
  private ContentionMain() {}

  /**
   * {@code PROCESSES CALLERS SECONDS NORMAL|FULL PEER…}, as in {@code 4 1 5 NORMAL belay
   * raw_locked}.
   */
  public static void main(String[] arguments) throws Exception {
    QuietLog.warningsOnly();
    List<String> all = List.of(arguments);
    if (all.size() < 5) {
      throw new IllegalArgumentException("PROCESSES CALLERS SECONDS NORMAL|FULL PEER…");
    }
    WriteRun run =
        WriteRun.warmedUp(
            Effort.FULL,
            Integer.parseInt(all.get(0)),
            Integer.parseInt(all.get(1)),
            all.get(3),
            Integer.parseInt(all.get(2)) * 1_000);
    for (String peer : all.subList(4, all.size())) {
      WriterKind kind = WriterKind.of(peer);
      WriteResult result = run.run(kind);
      WriteContention.record(
          new Figures(new Samples(), WriteContention.NAME, run.setting(), kind.peer(), 0), result);
      result.slowCalls().forEach(slow -> System.out.println("    " + slow.replace(";", "  ")));
    }
  }
}

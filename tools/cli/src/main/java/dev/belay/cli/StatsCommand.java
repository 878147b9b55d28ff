package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.StoreStats;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows sizes and counts. Belongs to the thread that runs it. */
@Command(name = "stats", description = "Shows the sizes of the store and the counts of its queues.")
final class StatsCommand extends StoreCommand.Reading {
  private static final String TO_THE_TOP = "\u001b[H\u001b[2J";

  @Option(names = "--watch", description = "Shows them again and again, until Ctrl-C.")
  private boolean watch;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "2s",
      description = "The time between two looks; ${DEFAULT-VALUE} by default.")
  private Duration every;

  @Option(
      names = "--times",
      paramLabel = "N",
      defaultValue = "0",
      description = "Ends after so many looks; 0, the default, for never.")
  private long times;

  @Override
  void check() {
    atLeast(spec(), 0, "--times", times);
  }

  @Override
  int run(Belay belay, Output out) throws InterruptedException {
    show(belay.stats(), out);
    for (long look = 1; watch && look != times && !out.isClosed(); look++) {
      Thread.sleep(every.toMillis());
      if (out.terminal().isTerminal() && !out.isJson()) {
        out.terminal().out().print(TO_THE_TOP);
      }
      show(belay.stats(), out);
    }
    return Exit.DONE;
  }

  private static void show(StoreStats stats, Output out) {
    out.show(Rows.of(stats));
    QueuesCommand.list(stats, out);
  }
}

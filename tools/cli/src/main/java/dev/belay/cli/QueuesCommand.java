package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.StoreStats;
import dev.belay.queue.WorkState;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Counts work. Belongs to the thread that runs it. */
@Command(
    name = "queues",
    description = {
      "Lists the queues with the number of pieces of work in each state.",
      "A count reads at most 10,000 entries; 'atLeast' says that one may be larger."
    })
final class QueuesCommand extends StoreCommand.Reading {
  @Override
  int run(Belay belay, Output out) {
    list(belay.stats(), out);
    return Exit.DONE;
  }

  static void list(StoreStats stats, Output out) {
    List<String> columns = new ArrayList<>(List.of("queue"));
    for (WorkState state : WorkState.values()) {
      columns.add(Rows.nameOf(state));
    }
    columns.addAll(List.of("atLeast", "oldestReadyAt", "oldestClaimedAt"));
    try (Listing listing = out.listing(columns.toArray(String[]::new))) {
      stats.queues().forEach(queue -> listing.add(Rows.of(queue)));
    }
    if (stats.moreQueues()) {
      out.terminal().err().println("belay: there are more queues than these");
    }
  }
}

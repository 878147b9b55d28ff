package dev.belay.benchmarks.postgres;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.queue.ItemCounts;
import dev.belay.benchmarks.queue.QueuePeer;

/**
 * graphile-worker with the settings that its documentation calls the fastest: jobs are fetched by
 * 500 and completed in batches. Its 16 producers, which share a process with its 16 handlers, add
 * up to 64 jobs in one call, as many as share one of Belay's. Immutable.
 */
final class GraphileQueue implements QueuePeer<Schema> {
  private static final int BATCH = 64;

  @Override
  public String name() {
    return "graphile-worker, adding " + BATCH;
  }

  @Override
  public int items(Effort effort) {
    return ItemCounts.FAST.of(effort);
  }

  @Override
  public boolean isHere(Effort effort) {
    return Graphile.isHere(effort);
  }

  @Override
  public Rates run(Schema schema, int count) throws Exception {
    Process node =
        Graphile.start(
            Graphile.folder(),
            "queue.cjs",
            Server.url(),
            schema.name(),
            Integer.toString(count),
            Integer.toString(BATCH));
    String[] rates = Graphile.outputOf(node).split(" ");
    return new Rates(Double.parseDouble(rates[0]), Double.parseDouble(rates[1]));
  }
}

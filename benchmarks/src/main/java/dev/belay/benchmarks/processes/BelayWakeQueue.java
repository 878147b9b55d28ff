package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.queue.Worker;
import java.nio.file.Path;

/** A queue of Belay. The place is a file, or the URL of a server. Belongs to one thread. */
public final class BelayWakeQueue implements WakeQueue {
  private static final String QUEUE = "wake";

  private Belay belay;
  private Worker worker;

  @Override
  public String create(String place) {
    open(place);
    belay.close();
    return place;
  }

  @Override
  public void open(String store) {
    belay = store.startsWith("jdbc:") ? Belay.openPostgres(store) : Belay.open(Path.of(store));
  }

  @Override
  public void enqueue(String payload) {
    belay.queue(QUEUE).enqueue(NewWork.of(payload));
  }

  @Override
  public void handle(Handler handler) {
    worker =
        belay
            .queue(QUEUE)
            .worker((claim, context) -> handler.started(claim.payload(), System.nanoTime()))
            .start();
  }

  @Override
  public void close() {
    if (worker != null) {
      worker.close();
    }
    belay.close();
  }
}

package dev.belay.replay;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueStats;
import dev.belay.queue.WorkQueue;
import java.util.List;

/**
 * The rounds in which the runs are played, each into sessions of its own. Belongs to the thread
 * that made it.
 */
final class Rounds {
  /** More than there are agents, so that none idles for long; not many, so that none waits long. */
  private static final int OPEN_MIN = 6;

  private final WorkQueue queue;
  private final List<Transcript> transcripts;
  private int count;
  private long open;
  private long done;

  Rounds(Belay belay, List<Transcript> transcripts) {
    this.queue = AgentTurn.queue(belay);
    this.transcripts = transcripts;
  }

  /** How many rounds have begun. */
  int count() {
    return count;
  }

  /** How many turns were done when it was looked last. */
  long done() {
    return done;
  }

  /** Whether nothing was left to do when it was looked last. */
  boolean areOver() {
    return open == 0;
  }

  /** Looks how far the agents are, and begins a round if {@code more} and they will soon idle. */
  void look(boolean more) {
    QueueStats stats = queue.stats();
    open = stats.scheduled() + stats.ready() + stats.waiting() + stats.claimed();
    done = stats.done();
    if (more && open < OPEN_MIN) {
      begin();
    }
  }

  private void begin() {
    int round = count + 1;
    List<NewWork> first =
        transcripts.stream()
            .flatMap(transcript -> AgentTurn.first(transcript, round).stream())
            .map(AgentTurn::toWork)
            .toList();
    queue.enqueueAll(first);
    count = round;
    open += first.size();
  }
}

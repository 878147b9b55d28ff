package dev.belay.replay;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.RetryPolicy;
import dev.belay.queue.WorkQueue;
import dev.belay.replay.Transcript.Line;
import dev.belay.session.NewEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One turn of one run, as work in the queue. Immutable, safe for use by many threads.
 *
 * @param transcript the run
 * @param round in which it is played
 * @param number which of its turns, from 0
 */
record AgentTurn(Transcript transcript, int round, int number) {
  static final String QUEUE = "turns";

  /** So often that no run of bad luck buries a turn: a kill costs an attempt too. */
  private static final int ATTEMPTS_MAX = 1_000;

  private static final RetryPolicy RETRY =
      RetryPolicy.exponential(Duration.ofMillis(20), Duration.ofMillis(200));

  /** The queue of all turns. */
  static WorkQueue queue(Belay belay) {
    return belay.queue(QUEUE, QueueOptions.defaults().withRetry(RETRY));
  }

  /** The turn that {@link #toWork} was made of. */
  static AgentTurn of(String payload, Map<String, Transcript> transcripts) {
    String[] parts = payload.split(" ", 3); // a name may have spaces
    Transcript transcript = Objects.requireNonNull(transcripts.get(parts[2]), payload);
    return new AgentTurn(transcript, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  /** The first turn of {@code transcript} in {@code round}, if it has one. */
  static Optional<AgentTurn> first(Transcript transcript, int round) {
    return Optional.of(new AgentTurn(transcript, round, 0)).filter(AgentTurn::exists);
  }

  /** The turn after this one, if there is one. */
  Optional<AgentTurn> next() {
    return Optional.of(new AgentTurn(transcript, round, number + 1)).filter(AgentTurn::exists);
  }

  private boolean exists() {
    return number < transcript.turns().size();
  }

  String sessionId() {
    return transcript.sessionId(round);
  }

  String operationId() {
    return "turn-" + number;
  }

  List<NewEvent> events() {
    return transcript.turns().get(number).stream().map(Line::event).toList();
  }

  String payload() {
    return round + " " + number + " " + transcript.name();
  }

  /** In the lane of its session. */
  NewWork toWork() {
    return NewWork.of(payload())
        .withType("turn")
        .withLane(sessionId())
        .withAttemptsMax(ATTEMPTS_MAX);
  }
}

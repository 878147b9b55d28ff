package dev.belay.replay;

import dev.belay.Belay;
import dev.belay.queue.QueueStats;
import dev.belay.queue.Work;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks what the queue holds when all is over: each turn done once, in its order, under a token
 * larger than the one before. Belongs to the thread that made it.
 */
final class LaneCheck {
  private final Map<String, List<Work>> lanes = new HashMap<>();
  private final List<String> differences = new ArrayList<>();
  private final List<Long> wakesMs = new ArrayList<>();
  private final long done;
  private long turns;

  /** Reads all the work of the queue; what is not done is a difference. */
  LaneCheck(Belay belay) {
    WorkQueue queue = AgentTurn.queue(belay);
    QueueStats stats = queue.stats();
    for (WorkState state : WorkState.values()) {
      if (state != WorkState.DONE && stats.count(state) > 0) {
        differences.add(stats.count(state) + " turns are " + state);
      }
    }
    done = stats.done();
    long afterId = 0;
    List<WorkLine> page;
    do {
      page = queue.list(WorkState.DONE, afterId, WorkQueue.LIMIT_MAX);
      for (WorkLine line : page) {
        afterId = line.id();
        Work work = queue.find(line.id()).orElseThrow();
        lanes.computeIfAbsent(String.valueOf(work.lane()), lane -> new ArrayList<>()).add(work);
      }
    } while (!page.isEmpty());
  }

  /** Compares the lane of {@code transcript} in {@code round} with the turns of the file. */
  void compare(Transcript transcript, int round) {
    String id = transcript.sessionId(round);
    List<Work> lane = inTurn(lanes.getOrDefault(id, List.of()), transcript, round);
    if (lane.size() != transcript.turns().size()) {
      differences.add(
          id + " has " + lane.size() + " turns done, its file " + transcript.turns().size());
    }
    long lastToken = 0;
    for (int i = 0; i < lane.size(); i++) {
      Work work = lane.get(i);
      if (!work.payload().equals(new AgentTurn(transcript, round, i).payload())) {
        differences.add(id + " has another turn as number " + i);
      }
      if (work.token() <= lastToken || !Long.toString(work.token()).equals(work.result())) {
        differences.add(
            id + " has token " + work.token() + " after " + lastToken + " in turn " + i);
      }
      if (work.lastError() != null && !isExpected(work.lastError())) {
        differences.add(id + " failed in turn " + i + ": " + work.lastError());
      }
      lastToken = work.token();
      noteWake(work);
    }
    turns += lane.size();
  }

  /** In the order of the file: on a server, ids of work are not in the order of commits. */
  private static List<Work> inTurn(List<Work> lane, Transcript transcript, int round) {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < transcript.turns().size(); i++) {
      numbers.put(new AgentTurn(transcript, round, i).payload(), i);
    }
    return lane.stream()
        .sorted(
            Comparator.comparingInt(
                work -> numbers.getOrDefault(work.payload(), Integer.MAX_VALUE)))
        .toList();
  }

  /** What an attempt may fail with: the model, or a store whose server was struck. */
  private static boolean isExpected(String error) {
    return error.equals(Agent.MODEL_DOWN) || error.startsWith("dev.belay.store.");
  }

  /** Of what was claimed once: the store keeps the time of the last claim, not of the first. */
  private void noteWake(Work work) {
    if (work.attempt() == 1 && work.claimedAt() != null) {
      wakesMs.add(Duration.between(work.enqueuedAt(), work.claimedAt()).toMillis());
    }
  }

  /** What does not match, each as a sentence about one session. */
  List<String> differences() {
    List<String> all = new ArrayList<>(differences);
    if (turns != done) {
      all.add(done + " turns are done, of the files " + turns);
    }
    return all;
  }

  /** How many turns were compared. */
  long turns() {
    return turns;
  }

  /**
   * The time from the commit that enqueued a turn to its claim, in milliseconds: what so many of a
   * hundred turns did not exceed. 0 without turns.
   */
  long wakeMs(int percent) {
    if (wakesMs.isEmpty()) {
      return 0;
    }
    Collections.sort(wakesMs);
    return wakesMs.get(Math.max(0, (wakesMs.size() * percent + 99) / 100 - 1));
  }
}

package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueStats;
import dev.belay.queue.Work;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whatever happens to workers, each piece of work is settled once, within its attempts, and
 * in a lane after what stood before it.
 *
 * <p>Method: four processes of four threads claim thousands of pieces of work in batches, a fifth
 * of it in lanes, and complete, fail, defer and release it. Now and then, as it gets less, one of
 * them is killed and another takes its place; if the work was done before all kills were made,
 * there is more of it. Each completion adds a row of the host's in the same transaction; the table
 * refuses a second one, which would end that process with an error.
 */
class QueueStressTest {
  private static final int PROCESSES = 4;
  private static final int THREADS = 4;
  private static final int FREE = Effort.of(4_800, 16_000);
  private static final int LANES = 40;
  private static final int LANE_LENGTH = Effort.of(30, 100);
  private static final int ALL = FREE + LANES * LANE_LENGTH;
  private static final int SPREAD = ALL / (LANES * LANE_LENGTH);
  private static final int ONE_POISON_IN = 128;
  private static final int POISON_ATTEMPTS = 3;
  private static final int KILLS = Effort.of(4, 7);
  private static final int KILLED = 137;

  /** On a slow machine claims lapse, which is charged: that alone may bury nothing. */
  private static final int GOOD_ATTEMPTS = 1_000;

  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(20);

  @TempDir private Path directory;
  @AutoClose private Belay belay;

  private final List<ChildJvm> children = new ArrayList<>();
  private long enqueued;

  @AfterEach
  void end_the_children() {
    children.forEach(ChildJvm::close);
  }

  @Test
  void each_piece_of_work_is_settled_once_and_lanes_keep_their_order() {
    Path file = directory.resolve("store.db");
    belay = Belay.open(file, TestOptions.defaults());
    WorkQueue queue = ClaimingChild.queue(belay);
    belay.useWrite(tx -> tx.attach(SettledDao.class).create());
    enqueue(queue);
    for (int i = 0; i < PROCESSES; i++) {
      children.add(ChildCommand.of(ClaimingChild.class, file, THREADS).start());
    }

    killUntilFinished(file, queue);

    QueueStats stats = queue.stats();
    assertThat(stats.done() + stats.buried()).isEqualTo(enqueued);
    List<Work> done = all(queue, WorkState.DONE);
    assertThat(done).noneMatch(work -> work.payload().equals(ClaimingChild.POISON));
    assertThat(all(queue, WorkState.BURIED))
        .allMatch(work -> work.payload().equals(ClaimingChild.POISON))
        .allMatch(work -> work.attempt() == POISON_ATTEMPTS)
        .hasSize(Math.toIntExact(enqueued / ALL) * ((ALL - 1) / ONE_POISON_IN + 1));
    assertSettledOnce(done);
    assertLaneOrder(done);
  }

  private void enqueue(WorkQueue queue) {
    List<NewWork> works = new ArrayList<>();
    for (int i = 0; i < ALL; i++) {
      boolean poison = i % ONE_POISON_IN == 0;
      NewWork work =
          poison
              ? NewWork.of(ClaimingChild.POISON).withAttemptsMax(POISON_ATTEMPTS)
              : NewWork.of("work " + i).withAttemptsMax(GOOD_ATTEMPTS);
      // Spread over the whole run, so that each kill meets lanes as well.
      works.add(i % SPREAD == 0 ? work.withLane("lane-" + i / SPREAD % LANES) : work);
    }
    queue.enqueueAll(works);
    enqueued += ALL;
  }

  private void killUntilFinished(Path file, WorkQueue queue) {
    Patience patience = Patience.begin();
    int kills = 0;
    long last = 0;
    for (long finished = 0; finished < enqueued || kills < KILLS; finished = finished(queue)) {
      assertThat(children).allMatch(ChildJvm::isAlive);
      if (finished != last) {
        last = finished;
        patience = Patience.begin();
      }
      patience.check(() -> "nothing more is finished");
      if (finished == enqueued) {
        enqueue(queue); // all was done before the machine let this thread kill often enough
      } else if (kills < KILLS && finished > (kills + 1) * (long) ALL / (KILLS + 1)) {
        replaceOne(file);
        kills++;
      }
      LockSupport.parkNanos(TICK_NS);
    }
    children.forEach(child -> child.send("end"));
    assertThat(children).allMatch(child -> child.awaitExit() == 0);
  }

  /** Kills the child that works for the longest time, and starts another. */
  private void replaceOne(Path file) {
    try (ChildJvm oldest = children.remove(0)) {
      oldest.expect("working");
      oldest.kill();
      assertThat(oldest.awaitExit()).isEqualTo(KILLED);
    }
    children.add(ChildCommand.of(ClaimingChild.class, file, THREADS).start());
  }

  private static long finished(WorkQueue queue) {
    QueueStats stats = queue.stats();
    return stats.done() + stats.buried() + stats.cancelled();
  }

  private void assertSettledOnce(List<Work> done) {
    List<Long> workIds = belay.read(tx -> tx.attach(SettledDao.class).workIds());
    assertThat(workIds).doesNotHaveDuplicates();
    assertThat(workIds).containsExactlyInAnyOrderElementsOf(done.stream().map(Work::id).toList());
    List<Long> tokens = belay.read(tx -> tx.attach(SettledDao.class).tokens());
    assertThat(tokens).containsExactlyInAnyOrderElementsOf(done.stream().map(Work::token).toList());
  }

  private void assertLaneOrder(List<Work> done) {
    Map<Long, String> lanes = new HashMap<>();
    done.stream()
        .filter(work -> work.lane() != null)
        .forEach(work -> lanes.put(work.id(), work.lane()));
    Map<String, Long> last = new HashMap<>();
    for (long id : belay.read(tx -> tx.attach(SettledDao.class).workIds())) {
      String lane = lanes.get(id);
      if (lane != null) {
        Long before = last.put(lane, id);
        assertThat(before == null || before < id)
            .as("work %d is settled after %d in %s", id, before, lane)
            .isTrue();
      }
    }
    assertThat(last).hasSize(LANES);
  }

  private static List<Work> all(WorkQueue queue, WorkState state) {
    List<Work> all = new ArrayList<>();
    List<WorkLine> page;
    long afterId = 0;
    do {
      page = queue.list(state, afterId, WorkQueue.LIMIT_MAX);
      for (WorkLine line : page) {
        all.add(queue.find(line.id()).orElseThrow());
        afterId = line.id();
      }
    } while (!page.isEmpty());
    return all;
  }
}

package dev.belay.kit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a key makes one piece of work, whoever asks from wherever, until that is purged.
 *
 * <p>Method: eight threads in each of four processes enqueue the same work under the same keys, one
 * key after another, and on until each process has added some. Of each key one answer may be {@code
 * Added}, all others {@code Duplicate}, and all name the same work.
 */
@NeedsSharing
@OnEachForm(slow = true)
class KeyRaceStressTest {
  private static final int PROCESSES = 4;
  private static final int THREADS = 8;
  private static final int KEYS_MIN = Effort.of(40, 100);
  private static final Duration TTL = Duration.ofMinutes(1);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  private final List<ChildJvm> children = new ArrayList<>();
  private int keys;

  @AfterEach
  void end_the_children() {
    children.forEach(ChildJvm::close);
  }

  @Test
  void a_key_makes_one_piece_of_work_until_it_is_purged() {
    List<String> answers = race();

    ManualClock clock = new ManualClock();
    try (Belay belay = store.another(options -> options.withClock(clock))) {
      WorkQueue queue = belay.queue(EnqueueingChild.QUEUE);
      assertThat(answers).hasSize(PROCESSES * THREADS * keys);
      assertThat(queue.stats().ready()).isEqualTo(keys);
      for (int round = 0; round < keys; round++) {
        String key = EnqueueingChild.key(round);
        long id = queue.findByKey(key).orElseThrow().id();
        assertThat(answers).filteredOn((key + " Added " + id)::equals).hasSize(1);
        assertThat(answers)
            .filteredOn((key + " Duplicate " + id)::equals)
            .hasSize(PROCESSES * THREADS - 1);
      }
      assertKeyIsTakenUntilPurged(queue, clock);
    }
  }

  private List<String> race() {
    for (int i = 0; i < PROCESSES; i++) {
      children.add(store.child(EnqueueingChild.class, THREADS).start());
    }
    children.forEach(child -> child.expect("ready"));
    Set<ChildJvm> adders = new HashSet<>();
    List<String> answers = new ArrayList<>();
    Patience patience = Patience.begin();
    while (keys < KEYS_MIN || adders.size() < PROCESSES) {
      patience.check(() -> (PROCESSES - adders.size()) + " processes were never the first");
      String first = Integer.toString(keys);
      children.forEach(child -> child.send(first));
      for (ChildJvm child : children) {
        for (String answer = child.readLine(); !answer.equals("done"); answer = child.readLine()) {
          answers.add(answer);
          if (answer.contains(" Added ")) {
            adders.add(child);
          }
        }
      }
      keys += EnqueueingChild.KEYS;
    }
    return answers;
  }

  private void assertKeyIsTakenUntilPurged(WorkQueue queue, ManualClock clock) {
    NewWork same = NewWork.of(EnqueueingChild.PAYLOAD).withKey(EnqueueingChild.key(0));
    NewWork other = NewWork.of("twice").withKey(EnqueueingChild.key(0));
    long id = queue.findByKey(EnqueueingChild.key(0)).orElseThrow().id();
    assertThat(queue.enqueue(other)).isEqualTo(new Enqueued.KeyConflict(id));

    Claim claim = queue.claim("worker", TTL).orElseThrow();
    assertThat(claim.workId()).isEqualTo(id);
    assertThat(queue.complete(claim)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.enqueue(same)).isEqualTo(new Enqueued.Duplicate(id, WorkState.DONE));
    assertThat(queue.enqueue(other)).isEqualTo(new Enqueued.KeyConflict(id));

    assertThat(queue.purge(clock.advance(TTL), keys)).isOne();
    assertThat(queue.enqueue(other)).isInstanceOf(Enqueued.Added.class);
    assertThat(queue.enqueue(same).workId()).isGreaterThan(id);
  }
}

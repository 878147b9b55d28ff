package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.StoreStats;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.WorkState;
import dev.belay.testing.Effort;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: no order of verbs leaves what a check reports. Method: random histories by {@link
 * RandomHistory}, each in a store of its own, and a check in the middle and at the end of each. A
 * failure names the seed of its history.
 */
@OnEachForm
class SoundHistoriesPropertyTest {
  private static final int STEPS = 150;
  private static final int LOOK = 10;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();

  private final Set<WorkState> seen = EnumSet.noneOf(WorkState.class);

  @Test
  void nothing_is_found_after_any_history() {
    Random seeds = new Random();
    for (int i = 0; i < histories(); i++) {
      nothingIsFoundAfter(seeds.nextLong());
      store.startOver();
    }
    assertThat(seen)
        .as("states of work that the histories led to")
        .containsOnly(WorkState.values());
  }

  /** Fewer where several bodies write at once: such a store is on a server, and takes longer. */
  private int histories() {
    return store.form().writersAtOnce() == 1 ? Effort.of(25, 500) : Effort.of(5, 100);
  }

  private void nothingIsFoundAfter(long seed) {
    RandomHistory history = new RandomHistory(store, new Random(seed));
    for (int step = 1; step <= STEPS; step++) {
      try {
        history.step();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", step " + step, e);
      }
      if (step % LOOK == 0) {
        store.belay().stats().queues().forEach(this::look);
      }
      if (step % (STEPS / 2) == 0) {
        assertThat(store.belay().check()).as("seed %s, step %s", seed, step).isEmpty();
      }
    }
  }

  private void look(StoreStats.QueueCounts queue) {
    for (WorkState state : WorkState.values()) {
      if (queue.count(state).value() > 0) {
        seen.add(state);
      }
    }
  }
}

package dev.belay.kit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.Session;
import dev.belay.session.SessionEvent;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a revision is handed out once, whoever asks from wherever.
 *
 * <p>Method: four processes of four threads each read the head of one session and commit on what
 * they read, for some seconds, and on until each process has had a commit refused because of
 * another one's. Each commit that was accepted must be one step of the head, each loser must have
 * been told the revision that beat it, and nobody may hear of a lock.
 */
@NeedsSharing
@OnEachForm(slow = true)
class ConcurrentIncrementStressTest {
  private static final int PROCESSES = 4;
  private static final int THREADS = 4;
  private static final long DURATION_NS = TimeUnit.SECONDS.toNanos(Effort.of(2, 5));

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void the_head_moves_once_for_each_accepted_commit() {
    long accepted = 0;
    long refused = 0;
    List<ChildJvm> children = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        children.add(store.child(IncrementingChild.class, THREADS).start());
      }
      children.forEach(child -> child.expect("ready"));
      children.forEach(child -> child.send("go"));
      long endNs = System.nanoTime() + DURATION_NS;
      children.forEach(child -> child.expect("met"));
      for (long leftNs = endNs - System.nanoTime();
          leftNs > 0;
          leftNs = endNs - System.nanoTime()) {
        LockSupport.parkNanos(leftNs);
      }
      children.forEach(child -> child.send("end"));
      for (ChildJvm child : children) {
        String[] counts = child.readLine().split(" ", -1);
        accepted += Long.parseLong(counts[0]);
        refused += Long.parseLong(counts[1]);
        assertThat(child.awaitExit()).isZero();
      }
    } finally {
      children.forEach(ChildJvm::close);
    }

    try (Belay belay = store.another()) {
      assertThat(belay.sessions().find("head")).map(Session::revision).contains(accepted);
      assertThat(belay.sessions().history("head"))
          .hasSize(Math.toIntExact(accepted))
          .extracting(SessionEvent::seq)
          .isSorted()
          .doesNotHaveDuplicates();
    }
    assertThat(refused).isGreaterThanOrEqualTo(PROCESSES);
  }
}

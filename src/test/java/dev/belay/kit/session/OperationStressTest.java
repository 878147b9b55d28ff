package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same operation from many threads at once. */
@OnEachForm
class OperationStressTest {
  private static final int THREADS = 16;
  private static final int ROUNDS = 50;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void one_of_many_identical_operations_happens_and_the_others_replay_it() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      Sessions sessions = store.belay().sessions();
      CyclicBarrier start = new CyclicBarrier(THREADS);
      for (int round = 0; round < ROUNDS; round++) {
        SessionCommit commit =
            SessionCommit.to("s", round)
                .operation("op-" + round)
                .append(NewEvent.of("a", "1"), NewEvent.of("b", "2"));
        List<Future<Committed>> futures = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          futures.add(
              pool.submit(
                  () -> {
                    start.await();
                    return sessions.commit(commit).orThrow();
                  }));
        }
        int applied = 0;
        for (Future<Committed> future : futures) {
          Committed committed = future.get();
          applied += committed.replayed() ? 0 : 1;
          assertThat(committed)
              .isEqualTo(
                  new Committed(
                      round + 1, 2L * round + 1, 2L * round + 2, List.of(), committed.replayed()));
        }
        assertThat(applied).isEqualTo(1);
      }
      assertThat(sessions.history("s")).hasSize(2 * ROUNDS);
    } finally {
      pool.shutdownNow();
    }
  }
}

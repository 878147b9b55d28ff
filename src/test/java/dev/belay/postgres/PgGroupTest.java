package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: every caller of a group gets its answer, whatever a call leaves for the next one. Method:
 * many threads commit to one session, of which a call takes one, beside others that enqueue more
 * than a call takes.
 */
class PgGroupTest {
  private static final int THREADS = 40;
  private static final int EACH = 25;

  private final ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS);
  private String url;
  private Belay belay;

  @BeforeEach
  void open() {
    url = Server.newStore();
    belay = Belay.openPostgres(url);
    belay.sessions().commit(SessionCommit.to("s")).orThrow();
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    belay.close();
    Server.drop(url);
  }

  @Test
  void callers_that_a_call_leaves_are_served_by_the_next() throws Exception {
    List<CompletableFuture<?>> callers = new ArrayList<>();
    String large = "x".repeat(200_000); // five of them are more than a call takes
    for (int i = 0; i < THREADS; i++) {
      callers.add(CompletableFuture.runAsync(this::append, threads));
      callers.add(CompletableFuture.runAsync(() -> enqueue(large), threads));
    }
    for (CompletableFuture<?> caller : callers) {
      Patience.get(caller);
    }

    assertThat(belay.sessions().history("s")).hasSize(THREADS * EACH);
    assertThat(belay.queue("q").stats().ready()).isEqualTo(THREADS);
  }

  private void append() {
    IntStream.range(0, EACH)
        .forEach(
            i -> {
              Committed committed =
                  belay
                      .sessions()
                      .commit(SessionCommit.to("s").append(NewEvent.of("t", "p")))
                      .orThrow();
              assertThat(committed.replayed()).isFalse();
            });
  }

  private void enqueue(String payload) {
    assertThat(belay.queue("q").enqueue(NewWork.of(payload))).isNotNull();
  }
}

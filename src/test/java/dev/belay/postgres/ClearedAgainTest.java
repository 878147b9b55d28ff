package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.store.TxAction;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Patience;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a session that is cleared while its rows are freed keeps no row that nothing frees. Method:
 * one body keeps the freeing from starting, a second one clears the session again; the freeing has
 * read the first clear when it waits for the second.
 */
class ClearedAgainTest {
  private static final NewEvent EVENT = NewEvent.of("t", "p");

  @RegisterExtension final StoreExtension store = StoreExtension.on(PostgresEngine.SCHEMA);
  private final LaterThreads threads = new LaterThreads();

  @Test
  void rows_of_a_clear_that_the_freeing_waited_for_are_freed() throws Exception {
    Belay belay = store.belay();
    Sessions sessions = belay.sessions();
    sessions.commit(SessionCommit.to("s").append(EVENT, EVENT)).orThrow();
    CountDownLatch free = new CountDownLatch(1);
    CountDownLatch cleared = new CountDownLatch(1);

    CompletableFuture<?> noFreeing = held(tx -> sessions.free(tx, 1), free);
    assertThat(sessions.clear("s")).isTrue();
    sessions.commit(SessionCommit.to("s").append(EVENT, EVENT)).orThrow();
    CompletableFuture<?> clear = held(tx -> sessions.clear(tx, "s"), cleared);
    free.countDown();
    Patience.until("the freeing waits for the clear", this::isRowAwaited);
    cleared.countDown();

    LaterThreads.get(noFreeing);
    LaterThreads.get(clear);
    Patience.until(
        "all is freed", () -> store.rows("SELECT 1 FROM belay_session_unfreed").isEmpty());
    assertThat(store.rows("SELECT seq FROM belay_session_event")).isEmpty();
    assertThat(belay.check()).isEmpty();
    threads.join();
  }

  /** Does it in a body that ends after {@code end}; returns when it was done. */
  private CompletableFuture<?> held(TxAction<Exception> verb, CountDownLatch end)
      throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    CompletableFuture<?> body =
        threads.run(
            () ->
                store
                    .belay()
                    .write(
                        tx -> {
                          verb.run(tx);
                          done.countDown();
                          Patience.await(end);
                          return true;
                        }));
    Patience.await(done);
    return body;
  }

  private boolean isRowAwaited() {
    return !store
        .rows(
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'transactionid'"
                + " AND query LIKE '%belay_session%' AND datname = current_database()")
        .isEmpty();
  }
}

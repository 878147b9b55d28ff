package dev.belay.springai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Patience;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.messages.UserMessage;

/**
 * A save on PostgreSQL, where another transaction may commit between its reading and its writing.
 *
 * <p>Goal: such a save reads again and succeeds; its caller sees nothing. Method: a transaction
 * that holds the row of the session until the save waits for it, which the server says.
 */
class SaveConflictTest {
  private static final String SESSION = BelayChatMemoryRepository.SESSION_PREFIX + "c";

  @TempDir Path folder;

  @Test
  void a_commit_between_reading_and_writing_is_read_again() throws Exception {
    String store = TestStores.POSTGRES.place(folder);
    try (Belay belay = TestStores.at(store, BelayOptions.defaults())) {
      BelayChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
      repository.saveAll("c", List.of(new UserMessage("a")));
      CountDownLatch holds = new CountDownLatch(1);
      CountDownLatch mayEnd = new CountDownLatch(1);
      AtomicInteger runs = new AtomicInteger();
      CompletableFuture<Void> other =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    runs.incrementAndGet();
                    belay
                        .sessions()
                        .commit(tx, SessionCommit.to(SESSION).append(NewEvent.of("note", "x")))
                        .orThrow();
                    holds.countDown();
                    Patience.await(mayEnd);
                    return null;
                  });
      Patience.await(holds);
      CompletableFuture<Void> save =
          CompletableFuture.runAsync(
              () -> repository.saveAll("c", List.of(new UserMessage("a"), new UserMessage("b"))));
      Patience.until("the save waits for the row", () -> isOneWaiting(store));
      mayEnd.countDown();
      Patience.get(other);
      Patience.get(save);

      assertThat(runs).hasValue(1);
      assertThat(repository.findByConversationId("c"))
          .containsExactly(new UserMessage("a"), new UserMessage("b"));
      assertThat(belay.sessions().find(SESSION).orElseThrow().state())
          .isEqualTo("{\"window\":[[1,1],[3,3]]}");
    }
  }

  /** Returns whether a session of this store's server waits for the lock of another. */
  private static boolean isOneWaiting(String store) {
    try (Connection connection = DriverManager.getConnection(store);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
                    + " AND query ILIKE '%belay_session%'")) {
      return row.next() && row.getLong(1) > 0;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}

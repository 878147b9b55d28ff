package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.Sql;
import dev.belay.postgres.CommitCutter.Cut;
import dev.belay.store.CommitUnknownException;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/**
 * Goal: a crash of the server makes no outcome wrong. A crash forgets the ids of transactions that
 * had not reached the disk, and the server gives them to others.
 */
class CrashedServerTest {
  @Test
  void another_transaction_with_the_same_id_after_a_crash_is_not_taken_for_the_callers()
      throws Exception {
    try (OwnServer server = new OwnServer();
        CommitCutter cutter = new CommitCutter(server.url());
        Belay direct =
            Belay.openPostgres(server.url(), TestOptions.defaults().withCommitGroupMax(1));
        Belay belay =
            Belay.openPostgres(
                cutter.url(server.url()), TestOptions.defaults().withCommitGroupMax(1))) {
      Notes.create(direct, PostgresEngine.SCHEMA.sql(Sql.CREATE_NOTES));
      belay.useWrite(tx -> Notes.add(tx, "before"));
      cutter.cutNextAndRefuse(Cut.INSTEAD);
      CompletableFuture<String> id = new CompletableFuture<>();
      CompletableFuture<Integer> body =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    Notes.add(tx, "lost");
                    id.complete(
                        tx.handle()
                            .createQuery("SELECT pg_current_xact_id()::text")
                            .mapTo(String.class)
                            .one());
                    return 1;
                  });
      String lost = Patience.get(id);
      Patience.until("the connection is cut", () -> !cutter.isWaiting());
      server.crash();
      assertThat(isAsLateAs(server, lost)).as("the server has forgotten the id").isFalse();
      try (Connection other = DriverManager.getConnection(server.url());
          Statement statement = other.createStatement()) {
        statement.execute("CREATE TABLE other (id INT)");
        Patience patience = Patience.begin();
        while (!isAsLateAs(server, lost)) {
          patience.check(() -> "no transaction has the id " + lost);
          statement.execute("INSERT INTO other VALUES (1)");
        }
      }
      cutter.admit();

      assertThatThrownBy(() -> Patience.get(body))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(CommitUnknownException.class);
      assertThat(Notes.all(direct)).containsExactly("before");
    }
  }

  private static boolean isAsLateAs(OwnServer server, String id) throws Exception {
    return server
        .text("SELECT pg_snapshot_xmax(pg_current_snapshot()) > '" + id + "'::xid8")
        .equals("t");
  }
}

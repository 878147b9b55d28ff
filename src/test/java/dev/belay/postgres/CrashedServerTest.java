package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.Sql;
import dev.belay.postgres.CommitCutter.Cut;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.Tx;
import dev.belay.testing.Notes;
import dev.belay.testing.OwnServer;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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
      useUp(server, lost);
      cutter.admit();

      assertThatThrownBy(() -> Patience.get(body))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(CommitUnknownException.class);
      assertThat(Notes.all(direct)).containsExactly("before");
    }
  }

  @Test
  void hooks_of_a_host_whose_transaction_a_crash_undid_never_run() throws Exception {
    try (OwnServer server = new OwnServer();
        Belay belay =
            Belay.openPostgres(server.url(), TestOptions.defaults().withCommitGroupMax(1))) {
      List<String> hooks = new CopyOnWriteArrayList<>();
      try (Connection host = DriverManager.getConnection(server.url())) {
        host.setAutoCommit(false);
        Tx tx = belay.tx().join(host);
        tx.afterCommit(() -> hooks.add("of the lost transaction"));
        String lost = server.text("SELECT max(backend_xid::text) FROM pg_stat_activity");
        server.crash();
        useUp(server, lost);
      }
      for (int i = 1; i <= 2; i++) { // the second one ends after a look at all that was joined
        int number = i;
        try (Connection host = DriverManager.getConnection(server.url())) {
          host.setAutoCommit(false);
          Tx tx = belay.tx().join(host);
          tx.afterCommit(() -> hooks.add("of transaction " + number));
          host.commit();
        }
        Patience.until("its hook runs", () -> hooks.contains("of transaction " + number));
      }
      assertThat(hooks).containsExactly("of transaction 1", "of transaction 2");
    }
  }

  /** Commits transactions until one has had that id. */
  private static void useUp(OwnServer server, String id) throws Exception {
    try (Connection other = DriverManager.getConnection(server.url());
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE other (id INT)");
      Patience patience = Patience.begin();
      while (!isAsLateAs(server, id)) {
        patience.check(() -> "no transaction has the id " + id);
        statement.execute("INSERT INTO other VALUES (1)");
      }
    }
  }

  private static boolean isAsLateAs(OwnServer server, String id) throws Exception {
    return server
        .text("SELECT pg_snapshot_xmax(pg_current_snapshot()) > '" + id + "'::xid8")
        .equals("t");
  }
}

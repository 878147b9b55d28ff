package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.Sql;
import dev.belay.queue.NewWork;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import dev.belay.testing.Notes;
import dev.belay.testing.OwnServer;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a failover makes no outcome wrong, and the store goes on without being opened again.
 * Method: callers write while the server dies, and its synchronous standby is promoted; what each
 * was told is compared with what the standby has.
 */
class FailoverTest {
  private static final int CALLERS = 4;
  private static final int WRITES = 10;

  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<String> unknown = ConcurrentHashMap.newKeySet();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final CountDownLatch begun = new CountDownLatch(CALLERS);
  private volatile boolean promoted;

  @Test
  void callers_are_told_the_truth_and_go_on_at_the_new_primary(@TempDir Path folder)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try (OwnServer primary = new OwnServer()) {
      try (Belay before = Belay.openPostgres(primary.url())) {
        Notes.create(before, PostgresEngine.SCHEMA.sql(Sql.CREATE_NOTES));
      }
      try (Standby standby = Standby.of(primary, folder)) {
        primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.execute("SELECT pg_reload_conf()");
        Patience.until(
            "the standby follows",
            () ->
                primary
                    .text("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
                    .equals("1"));
        String url =
            "jdbc:postgresql://localhost:%d,localhost:%d/postgres?user=postgres"
                .formatted(primary.port(), standby.port());
        try (Belay belay =
            Belay.openPostgres(
                url + "&targetServerType=primary&hostRecheckSeconds=1",
                TestOptions.defaults().withCommitGroupMax(1))) {
          List<Future<?>> calls = new ArrayList<>();
          for (int caller = 0; caller < CALLERS; caller++) {
            String name = "c" + caller + "-";
            boolean verbs = caller % 2 == 0;
            calls.add(threads.submit(() -> write(belay, name, verbs)));
          }
          begun.await();
          primary.kill();
          Server.execute(standby.url(), "SELECT pg_promote()");
          promoted = true;
          for (Future<?> call : calls) {
            Patience.get(call);
          }
        }
        check(standby.url());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Writes until some calls have succeeded that began after the promotion. */
  private void write(Belay belay, String name, boolean verbs) {
    int after = 0;
    for (int i = 0; after < WRITES; i++) {
      boolean late = promoted;
      String text = name + i;
      try {
        if (verbs) {
          belay.queue("q").enqueue(NewWork.of(text));
        } else {
          belay.useWrite(tx -> Notes.add(tx, text));
        }
        acknowledged.add(text);
        after += late ? 1 : 0;
      } catch (CommitUnknownException e) {
        unknown.add(text);
      } catch (StoreException e) {
        refused.add(text);
      }
      if (i == WRITES) {
        begun.countDown();
      }
    }
  }

  private void check(String url) {
    List<String> found =
        Server.query(
            url,
            "SELECT text FROM note UNION ALL"
                + " SELECT payload FROM belay_work_payload WHERE payload LIKE 'c%'");
    Set<String> allowed = new HashSet<>(acknowledged);
    allowed.addAll(unknown);

    assertThat(found).doesNotHaveDuplicates().containsAll(acknowledged).isSubsetOf(allowed);
    assertThat(found).doesNotContainAnyElementsOf(refused.isEmpty() ? Set.of("") : refused);
  }
}

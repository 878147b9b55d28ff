package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.postgres.HammerAudit.Told;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import dev.belay.testing.OwnServer;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Goal: two processes that use everything at once, with connections that are killed and a server
 * that crashes once, break no rule. Method: triggers record each change in its own transaction, and
 * {@link HammerCheck} replays them, together with what each caller was told.
 */
class HammerTest {
  private static final long SECONDS = Effort.of(10, 60);
  private static final int THREADS = 4;
  private static final long KILL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Each is a rule: what it returns breaks the rule. */
  private static final List<String> RULES =
      List.of(
          "SELECT 'event ' || t.text FROM told t WHERE t.verb = 'event' AND NOT EXISTS ("
              + " SELECT 1 FROM belay_session_event e WHERE e.seq = t.work AND e.payload = t.text)",
          "SELECT 'twice ' || payload FROM belay_session_event GROUP BY payload HAVING count(*) > 1",
          "SELECT 'no receipt ' || payload FROM belay_session_event e WHERE payload LIKE 'op %'"
              + " AND NOT EXISTS (SELECT 1 FROM belay_session_receipt r WHERE"
              + " r.session_no = e.session_no AND r.operation_id = e.payload"
              + " AND r.first_seq = e.seq)",
          "SELECT 'no event ' || operation_id FROM belay_session_receipt r WHERE NOT EXISTS ("
              + " SELECT 1 FROM belay_session_event e WHERE e.session_no = r.session_no"
              + " AND e.seq = r.first_seq AND e.payload = r.operation_id)",
          "SELECT 'gap in ' || s.id FROM belay_session s JOIN belay_session_event e"
              + " ON e.session_no = s.no GROUP BY s.no, s.id, s.last_seq, s.revision"
              + " HAVING count(*) <> s.last_seq OR max(e.seq) <> s.last_seq"
              + " OR s.revision <> s.last_seq",
          "SELECT 'not audited ' || w.id FROM belay_work w WHERE NOT EXISTS ("
              + " SELECT 1 FROM audit a WHERE a.work = w.id AND a.old_state IS NULL)",
          "SELECT 'a deadlock that was told: ' || text FROM told"
              + " WHERE text LIKE '%40P01%' OR text LIKE '%40001%'");

  @Test
  void no_rule_is_broken() throws Exception {
    try (OwnServer server = new OwnServer()) {
      String url = server.url() + "&currentSchema=hammer";
      create(server.url(), url);
      String childUrl = url + "&ApplicationName=hammer";
      try (ChildJvm first = start(childUrl, "a");
          ChildJvm second = start(childUrl, "b")) {
        first.expect("running");
        second.expect("running");
        long half = TimeUnit.SECONDS.toNanos(SECONDS) / 2;
        int kills = killFor(url, half);
        server.crash();
        kills += killFor(url, half);
        drain(url, first, second);
        report(url, kills);
      }
    }
  }

  private static void create(String serverUrl, String url) {
    Server.execute(serverUrl, "CREATE SCHEMA hammer");
    Belay.openPostgres(url, TestOptions.defaults().withCommitGroupMax(1)).close();
    Server.execute(url, HammerAudit.CREATE);
  }

  private static ChildJvm start(String url, String name) {
    return ChildCommand.of(HammerChild.class, url, THREADS, name).start();
  }

  /** Kills connections of the children, one after another. Returns how many. */
  private static int killFor(String url, long nanos) throws SQLException {
    int kills = 0;
    long end = System.nanoTime() + nanos;
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      while (System.nanoTime() - end < 0) {
        LockSupport.parkNanos(KILL_NANOS);
        try (ResultSet killed =
            statement.executeQuery(
                "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
                    + " WHERE application_name = 'hammer' ORDER BY random() LIMIT 1) one")) {
          kills += killed.next() ? 1 : 0;
        }
      }
    }
    return kills;
  }

  private static void drain(String url, ChildJvm first, ChildJvm second) throws SQLException {
    first.send("drain");
    second.send("drain");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      Patience.until("all work has ended", () -> isAllFinished(statement));
    }
    for (ChildJvm child : List.of(first, second)) {
      child.send("stop");
      child.expect("told");
      assertThat(child.awaitExit()).isZero();
    }
  }

  private static boolean isAllFinished(Statement statement) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // a look at the whole table
    try (ResultSet row =
        statement.executeQuery(
            "SELECT NOT EXISTS (SELECT 1 FROM belay_work WHERE finished_at_ms IS NULL)")) {
      row.next();
      return row.getBoolean(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void report(String url, int kills) {
    try (Belay belay = Belay.openPostgres(url, TestOptions.defaults().withCommitGroupMax(1))) {
      List<Told> told = belay.read(tx -> HammerAudit.told(tx.handle()));
      HammerCheck.Result result =
          belay.read(tx -> HammerCheck.of(HammerAudit.changes(tx.handle()), told));
      Map<String, Integer> counts = new TreeMap<>();
      told.forEach(one -> counts.merge(one.verb() + " " + one.outcome(), 1, Integer::sum));
      String figures =
          "kills %d, works %d, grants %d, lapses %d, deadlocks %s, told %s"
              .formatted(
                  kills,
                  result.works(),
                  result.grants(),
                  result.lapses(),
                  rows(belay, "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'"),
                  counts);
      System.out.println(figures);
      assertThat(result.violations()).as(figures).isEmpty();
      for (String rule : RULES) {
        assertThat(rows(belay, rule)).as(figures).isEmpty();
      }
      assertThat(kills).isPositive();
      assertThat(counts)
          .containsKeys(
              "enqueue told",
              "claim told",
              "complete told",
              "back told",
              "lease told",
              "operation applied",
              "operation replayed");
    }
  }

  private static List<String> rows(Belay belay, String query) {
    return belay.read(tx -> tx.handle().createQuery(query).mapTo(String.class).list());
  }
}

package dev.belay.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.store.Finding;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a check finds what another program has changed behind Belay's back, names it, and finds
 * nothing else. Method: a store with sessions, leases and a queue of its own for each damage, all
 * of which are done on a connection that enforces neither foreign keys nor conditions; then one
 * check.
 */
@NeedsSharing
@OnEachForm
class DamageTest {
  private static final Duration TTL = Duration.ofMinutes(10);

  /**
   * What is done, and what is found. In both, {@code $} is the number of the damage, which is in
   * the names of its own session, lease and queue.
   */
  private record Damage(String rule, String subject, String sql) {
    Damage numbered(int number) {
      String text = Integer.toString(number);
      return new Damage(rule, subject.replace("$", text), sql.replace("$", text));
    }

    boolean isFoundIn(List<Finding> findings) {
      return findings.stream()
          .anyMatch(found -> found.rule().equals(rule) && found.subject().matches(subject));
    }
  }

  private static final String NO = "(SELECT no FROM belay_session WHERE id = '%s $')";
  private static final String A = "session_no = " + NO.formatted("a");

  private static final List<Damage> DAMAGES =
      List.of(
          event("session-log-gap", "DELETE FROM belay_session_event WHERE seq = 3"),
          event("session-log-gap", "DELETE FROM belay_session_event WHERE seq = 5"),
          event("session-log-gap", "DELETE FROM belay_session_event WHERE seq = 1"),
          event("session-log-gap", "DELETE FROM belay_session_event WHERE seq > 0"),
          session("session-head", "last_seq = 4"),
          session("session-head", "leaf_seq = 9"),
          session("session-head", "leaf_seq = -1"),
          session("session-head", "revision = 0"),
          session("session-head", "cleared_seq = 9"),
          event("session-parent", "UPDATE belay_session_event SET parent_seq = 4 WHERE seq = 3"),
          event("session-parent", "UPDATE belay_session_event SET parent_seq = -1 WHERE seq = 3"),
          new Damage(
              "session-parent",
              "session again $",
              "UPDATE belay_session_event SET parent_seq = 1 WHERE seq = 3 AND session_no = "
                  + NO.formatted("again")),
          session("counter", "revision = 4611686018427387903"),
          receipt("revision = 99"),
          receipt("last_seq = 99"),
          receipt("first_seq = 0"),
          orphan("belay_session_event"),
          orphan("belay_session_receipt"),
          orphan("belay_session_state"),
          new Damage(
              "session-orphan",
              "session no. 100$",
              "INSERT INTO belay_session_unfreed (session_no) VALUES (100$)"),
          new Damage(
              "session-unfreed",
              "session a $",
              "INSERT INTO belay_session_unfreed (session_no) SELECT no FROM belay_session"
                  + " WHERE id = 'a $'"),
          session("session-unfreed", "deleted_at_ms = 1, absent_since_ms = 1"),
          session("session-unfreed", "cleared_seq = 4, cleared_revision = 1"),
          lease("token = 4611686018427387902"),
          lease("token = 0"),
          work("work-state", "plain", "state = 'NONE'"),
          work("work-state", "plain", "state = 'DONE'"),
          work("work-state", "plain", "expires_at_ms = 5"),
          work("work-state", "plain", "attempt = attempts_max"),
          work("work-state", "plain", "key_life = NULL"),
          work("work-state", "claimed", "worker = NULL"),
          work("work-state", "claimed", "token = 0"),
          work("work-state", "claimed", "finished_at_ms = 1"),
          work("work-token", "claimed", "token = 4611686018427387902"),
          work("work-lane", "line2", "token = token - 1"),
          work("work-lane", "line3", "state = 'READY'"),
          work(
              "work-lane",
              "line1",
              "state = 'WAITING', expires_at_ms = NULL, token = 0, claimed_at_ms = NULL"),
          work("work-payload", "plain", "payload_bytes = 3"),
          new Damage(
              "work-payload",
              "work \\d+ of queue q $",
              "DELETE FROM belay_work_payload WHERE work_id ="
                  + " (SELECT id FROM belay_work WHERE key = 'plain' AND queue = 'q $')"),
          new Damage(
              "work-orphan",
              "work 100$",
              "INSERT INTO belay_work_payload (work_id, payload) VALUES (100$, 'x')"),
          new Damage(
              "work-orphan",
              "work 100$",
              "INSERT INTO belay_work_result (work_id, result) VALUES (100$, 'x')"),
          new Damage(
              "work-orphan",
              "work \\d+",
              "DELETE FROM belay_work WHERE key = 'done' AND queue = 'q $'"));

  private static final List<Damage> OF_THE_STORE =
      List.of(
          new Damage("counter", "counter .*", "DELETE FROM belay_counter"),
          new Damage("schema", ".*belay_work_spent", "DROP INDEX belay_work_spent"),
          new Damage(
              "schema",
              "index own_index",
              "CREATE UNIQUE INDEX own_index ON belay_work (worker, id)"));

  private static Damage event(String rule, String sql) {
    return new Damage(rule, "session a $", sql + " AND " + A);
  }

  private static Damage session(String rule, String change) {
    return new Damage(
        rule, "session a $", "UPDATE belay_session SET " + change + " WHERE id = 'a $'");
  }

  private static Damage receipt(String change) {
    return new Damage(
        "session-receipt",
        "session a $",
        "UPDATE belay_session_receipt SET " + change + " WHERE operation_id = 'o2' AND " + A);
  }

  private static Damage orphan(String table) {
    return new Damage(
        "session-orphan",
        "session no. 100$",
        "UPDATE " + table + " SET session_no = 100$ WHERE " + A);
  }

  private static Damage lease(String change) {
    return new Damage(
        "lease-token", "lease l $", "UPDATE belay_lease SET " + change + " WHERE name = 'l $'");
  }

  private static Damage work(String rule, String key, String change) {
    return new Damage(
        rule,
        "work \\d+ of queue q $",
        "UPDATE belay_work SET " + change + " WHERE key = '" + key + "' AND queue = 'q $'");
  }

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void each_damage_is_found_and_named_and_nothing_else() throws SQLException {
    Belay belay = store.belay();
    int sound = DAMAGES.size();
    for (int i = 0; i <= sound; i++) {
      fill(belay, i);
    }
    assertThat(belay.check()).isEmpty();

    List<Damage> damages = new ArrayList<>();
    for (int i = 0; i < sound; i++) {
      damages.add(DAMAGES.get(i).numbered(i));
    }
    damage(damages);

    List<Finding> findings = belay.check();
    assertThat(damages).allMatch(damage -> damage.isFoundIn(findings));
    assertThat(findings).noneMatch(found -> found.subject().endsWith(" " + sound));

    damage(OF_THE_STORE);

    List<Finding> all = belay.check();
    assertThat(OF_THE_STORE).allMatch(damage -> damage.isFoundIn(all));
  }

  private void damage(List<Damage> damages) throws SQLException {
    boolean server = store.address().startsWith("jdbc:");
    String url = server ? store.address() : "jdbc:sqlite:" + store.address();
    try (Connection beside = DriverManager.getConnection(url);
        Statement statement = beside.createStatement()) {
      if (server) {
        statement.execute("SET session_replication_role = replica");
      } else {
        statement.execute("PRAGMA ignore_check_constraints = ON");
        statement.execute("PRAGMA busy_timeout = 10000");
      }
      for (Damage damage : damages) {
        statement.execute(damage.sql());
        if (damage.sql().startsWith("UPDATE")) {
          assertThat(statement.getUpdateCount()).as(damage.sql()).isPositive();
        }
      }
    }
  }

  /** Something of each kind, with a lane of which two of four places are claimed. */
  private static void fill(Belay belay, int number) {
    Sessions sessions = belay.sessions();
    WorkQueue queue = belay.queue("q " + number);
    NewEvent event = NewEvent.of("t", "p");
    String again = "again " + number;
    String a = "a " + number;
    belay.useWrite(
        tx -> {
          sessions
              .commit(tx, SessionCommit.to(a, 0).append(event, event).operation("o1").state("s"))
              .orThrow();
          sessions.commit(tx, SessionCommit.to(a).append(event, event).operation("o2")).orThrow();
          sessions.commit(tx, SessionCommit.to(a).parent(2).append(event)).orThrow();
          sessions.commit(tx, SessionCommit.to(again).append(event)).orThrow();
          assertThat(sessions.clear(tx, again)).isTrue();
          sessions.commit(tx, SessionCommit.to(again).append(event, event)).orThrow();
          sessions.commit(tx, SessionCommit.to("gone " + number).append(event)).orThrow();
          assertThat(sessions.delete(tx, "gone " + number)).isTrue();
          assertThat(belay.leases().acquire(tx, "l " + number, "h", TTL).granted()).isPresent();
          List<NewWork> works = new ArrayList<>();
          works.add(NewWork.of("p").withKey("claimed").withPriority(1));
          works.add(NewWork.of("p").withKey("plain"));
          for (int i = 1; i <= 4; i++) {
            works.add(NewWork.of("p").withKey("line" + i).withLane("lane"));
          }
          works.add(NewWork.of("p").withKey("done").withLane("other"));
          assertThat(queue.enqueueAll(tx, works)).hasSize(works.size());
          assertThat(queue.claim(tx, "w", TTL)).isPresent();
          assertThat(queue.claimLane(tx, "lane", "w", TTL, 2)).hasSize(2);
          Claim done = queue.claimLane(tx, "other", "w", TTL, 1).get(0);
          queue.complete(tx, done, "r").orThrow();
        });
  }
}

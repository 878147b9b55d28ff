package dev.belay.store;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Notes;
import dev.belay.testing.TxFailures;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What a body of the oracle may do, and what it saw; the number says to which of a few rows. */
enum OracleStep {
  INSERT,
  INSERT_CAUGHT,
  INSERT_RETURNING,
  READ,
  COMPARE_AND_SET,
  DELETE,
  SAVEPOINT_KEPT,
  SAVEPOINT_UNDONE,
  SAVEPOINT_LEFT_OPEN,
  BACK_TO_A_SAVEPOINT_CAUGHT,
  OR_ROLLBACK,
  OR_ROLLBACK_CAUGHT,
  RAISE_ROLLBACK,
  RAISE_ROLLBACK_CAUGHT,
  CANCELLED_QUERY_CAUGHT,
  CANCELLED_INSERT,
  SESSION_COMMIT,
  SESSION_COMMIT_TO_A_GUESS,
  ENQUEUE,
  ENQUEUE_REFUSED_CAUGHT,
  CLAIM_AND_COMPLETE,
  CHILD_NOW,
  DEFER_KEYS_AND_CHILD,
  PARENT,
  /** From here on for a schema with a deferred key only. */
  CHILD_LATER,
  CHILD_LATER_THEN_PARENT;

  private static final Duration TTL = Duration.ofDays(1);

  /** What the steps need beside the table {@code note}. */
  static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE account (name TEXT PRIMARY KEY, n INTEGER NOT NULL)",
          "INSERT INTO account VALUES ('a', 0)",
          "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
          "CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent (id))",
          "CREATE TABLE refused (x)",
          """
          CREATE TRIGGER refuse BEFORE INSERT ON refused
          BEGIN SELECT RAISE(ROLLBACK, 'refused'); END""",
          """
          CREATE TRIGGER refuse_payload BEFORE INSERT ON belay_work_payload
          WHEN new.payload = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END""");

  static final String DEFERRED =
      """
      CREATE TABLE late_child (parent INTEGER NOT NULL REFERENCES parent (id)
                               DEFERRABLE INITIALLY DEFERRED)""";

  /** Does it, and returns what it saw. */
  String run(Belay belay, Tx tx, int number, String body) throws Exception {
    String text = "n" + number;
    switch (this) {
      case INSERT -> Notes.add(tx, text);
      case INSERT_CAUGHT -> {
        return caught(in -> Notes.add(in, text), tx);
      }
      case INSERT_RETURNING ->
          tx.handle().execute("INSERT INTO note (text) VALUES (?) RETURNING id", text);
      case READ -> {
        return new TreeSet<>(Notes.all(tx)) + " " + account(tx);
      }
      case COMPARE_AND_SET -> {
        return "set "
            + tx.handle()
                .execute("UPDATE account SET n = n + 1 WHERE name = 'a' AND n = ?", number);
      }
      case DELETE -> {
        return "deleted " + tx.handle().execute("DELETE FROM note WHERE text = ?", text);
      }
      case SAVEPOINT_KEPT -> {
        tx.handle().savepoint("sp");
        Notes.add(tx, text);
        tx.handle().releaseSavepoint("sp");
      }
      case SAVEPOINT_UNDONE -> {
        tx.handle().savepoint("sp");
        String added = caught(in -> Notes.add(in, text), tx);
        tx.handle().rollbackToSavepoint("sp");
        tx.handle().releaseSavepoint("sp");
        return added;
      }
      case SAVEPOINT_LEFT_OPEN -> {
        tx.handle().savepoint("sp");
        Notes.add(tx, text);
      }
      case BACK_TO_A_SAVEPOINT_CAUGHT -> {
        return caught(in -> in.handle().execute("ROLLBACK TO sp"), tx);
      }
      case OR_ROLLBACK -> orRollback(tx, text);
      case OR_ROLLBACK_CAUGHT -> {
        return caught(in -> orRollback(in, text), tx);
      }
      case RAISE_ROLLBACK -> tx.handle().execute("INSERT INTO refused VALUES (1)");
      case RAISE_ROLLBACK_CAUGHT -> {
        return caught(in -> in.handle().execute("INSERT INTO refused VALUES (1)"), tx);
      }
      case CANCELLED_QUERY_CAUGHT -> {
        return caught(in -> TxFailures.cancelledAtOnce(in, "SELECT count(*) FROM note"), tx);
      }
      case CANCELLED_INSERT ->
          TxFailures.cancelledAtOnce(tx, "INSERT INTO note (text) VALUES ('cancelled')");
      case SESSION_COMMIT -> {
        long revision = belay.sessions().find(tx, "s").map(Session::revision).orElse(0L);
        return commit(belay, tx, revision, body);
      }
      case SESSION_COMMIT_TO_A_GUESS -> {
        return commit(belay, tx, number % 2, body);
      }
      case ENQUEUE -> {
        NewWork work = NewWork.of(body).withKey("k" + number);
        return belay.queue("q").enqueue(tx, work).getClass().getSimpleName();
      }
      case ENQUEUE_REFUSED_CAUGHT -> {
        return caught(in -> belay.queue("q").enqueue(in, NewWork.of("bad")), tx);
      }
      case CLAIM_AND_COMPLETE -> {
        WorkQueue queue = belay.queue("q");
        Optional<Claim> claim = queue.claim(tx, body, TTL);
        return claim.map(c -> c.payload() + " " + queue.complete(tx, c)).orElse("no work");
      }
      case CHILD_NOW -> {
        return caught(in -> in.handle().execute("INSERT INTO child VALUES (?)", number), tx);
      }
      case DEFER_KEYS_AND_CHILD -> {
        tx.handle().execute("PRAGMA defer_foreign_keys = ON");
        tx.handle().execute("INSERT INTO child VALUES (?)", number);
      }
      case PARENT -> parent(tx, number);
      case CHILD_LATER -> tx.handle().execute("INSERT INTO late_child VALUES (?)", number);
      case CHILD_LATER_THEN_PARENT -> {
        tx.handle().execute("INSERT INTO late_child VALUES (?)", number);
        parent(tx, number);
      }
    }
    return "done";
  }

  private static void parent(Tx tx, int number) {
    tx.handle().execute("INSERT INTO parent VALUES (?) ON CONFLICT DO NOTHING", number);
  }

  private static int account(Tx tx) {
    return tx.handle().createQuery("SELECT n FROM account").mapTo(Integer.class).one();
  }

  private static void orRollback(Tx tx, String text) {
    tx.handle().execute("INSERT OR ROLLBACK INTO note (text) VALUES (?)", text);
  }

  private static String commit(Belay belay, Tx tx, long revision, String body) {
    SessionCommit commit = SessionCommit.to("s", revision).append(NewEvent.of("t", body));
    return belay.sessions().commit(tx, commit).getClass().getSimpleName();
  }

  private static String caught(TxAction<Exception> action, Tx tx) {
    try {
      action.run(tx);
      return "went well";
    } catch (Exception e) {
      return "caught " + e.getClass().getSimpleName();
    }
  }
}

package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.Answers;
import dev.belay.testing.Effort;
import dev.belay.testing.GroupStore;
import dev.belay.testing.PlainSqlite;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Sharing a commit never shows, whatever the bodies do.
 *
 * <p>Goal: bodies in one group have the outcomes that they have alone. Method: random bodies stand
 * in line together, in groups of up to 64, 8 and 1; then the same bodies run one by one on another
 * store, in the order in which the group ran them last. Outcomes and rows are compared, not tokens,
 * ids and times. {@code -Dbelay.oracle.seed=…} runs one seed.
 */
class CommitGroupOraclePropertyTest {
  private static final int SEEDS = Effort.of(100, 10_000);

  private static final Map<String, String> ROWS =
      Map.of(
          "note", "SELECT text FROM note",
          "account", "SELECT n FROM account",
          "parent", "SELECT id FROM parent",
          "child", "SELECT parent FROM child",
          "sessions", "SELECT id, revision, last_seq FROM belay_session",
          "events",
              "SELECT s.id, e.seq, e.payload FROM belay_session_event e"
                  + " JOIN belay_session s ON s.no = e.session_no",
          "work",
              "SELECT w.queue, w.state, w.key, w.attempt, p.payload FROM belay_work w"
                  + " LEFT JOIN belay_work_payload p ON p.work_id = w.id");

  private @Nullable GroupStore plain;
  private @Nullable GroupStore deferred;

  private record Result(Map<String, String> outcomes, Map<String, List<String>> rows) {}

  @AfterEach
  void close() {
    if (plain != null) {
      plain.close();
    }
    if (deferred != null) {
      deferred.close();
    }
  }

  @Test
  void bodies_that_share_a_commit_end_as_they_would_alone() throws Exception {
    String chosen = System.getProperty("belay.oracle.seed");
    if (chosen != null) {
      assertThat(difference(Long.parseLong(chosen))).as("seed " + chosen).isNull();
      return;
    }
    plain = new GroupStore(OracleStep.SCHEMA.toArray(String[]::new));
    List<String> withDeferred = new ArrayList<>(OracleStep.SCHEMA);
    withDeferred.add(OracleStep.DEFERRED);
    deferred = new GroupStore(withDeferred.toArray(String[]::new));
    List<String> failures = new ArrayList<>();
    for (long seed = 0; seed < SEEDS && failures.size() < 3; seed++) {
      String difference = difference(seed);
      if (difference != null) {
        failures.add(difference);
      }
    }
    assertThat(failures).isEmpty();
    assertThat(shared).as("groups in which two bodies shared a transaction").isPositive();
  }

  private int shared;

  /** A usual run takes one of the two large sizes in turn: no seed has more than 8 members. */
  private static List<Integer> groups(long seed) {
    return Effort.of(0, 1) > 0 ? List.of(64, 8, 1) : List.of(seed % 2 == 0 ? 64 : 8, 1);
  }

  /** How the groups of a seed differ from the bodies alone; null if they do not. */
  private @Nullable String difference(long seed) throws Exception {
    boolean late = seed % 4 == 0;
    GroupStore store = late ? deferred : plain;
    if (store == null) {
      List<String> schema = new ArrayList<>(OracleStep.SCHEMA);
      if (late) {
        schema.add(OracleStep.DEFERRED);
      }
      store = new GroupStore(schema.toArray(String[]::new));
      plain = store;
    }
    OracleBodies bodies = OracleBodies.of(seed, late);
    Map<List<String>, Result> alone = new HashMap<>();
    for (int max : groups(seed)) {
      store.with(options -> options.withCommitGroupMax(max));
      Answers answers = store.tryOnce(bodies::members);
      Result group = result(answers, bodies, late);
      if (max > 1 && answers.sharing() > 1) {
        shared++;
      }
      List<String> order = answers.inOrderOfLastRun();
      Result expected = alone.get(order);
      if (expected == null) {
        expected = result(store.runAlone(belay -> bodies.inOrder(order, belay)), bodies, late);
        alone.put(order, expected);
      }
      if (!group.equals(expected)) {
        return "seed "
            + seed
            + ", groups of "
            + max
            + ", last runs in the order "
            + order
            + "\n"
            + bodies
            + "group "
            + group
            + "\nalone "
            + expected
            + "\n";
      }
    }
    return null;
  }

  private static Result result(Answers answers, OracleBodies bodies, boolean late)
      throws SQLException {
    Map<String, String> outcomes = new TreeMap<>();
    for (String name : bodies.names()) {
      Object outcome = answers.valueOrFailure(name);
      outcomes.put(name, outcome instanceof Throwable failure ? text(failure) : "" + outcome);
    }
    Map<String, List<String>> rows = new TreeMap<>();
    for (var query : ROWS.entrySet()) {
      rows.put(query.getKey(), sorted(answers, query.getValue()));
    }
    if (late) {
      rows.put("late_child", sorted(answers, "SELECT parent FROM late_child"));
    }
    return new Result(outcomes, rows);
  }

  /** A failure of the body's own says what it saw. */
  private static String text(Throwable failure) {
    return failure instanceof IllegalArgumentException
        ? failure.toString()
        : failure.getClass().getName();
  }

  private static List<String> sorted(Answers answers, String query) throws SQLException {
    return PlainSqlite.rows(answers.file(), query).stream().sorted().toList();
  }
}

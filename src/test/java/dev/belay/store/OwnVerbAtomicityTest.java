package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.OwnVerbs.Verb;
import dev.belay.testing.Answers;
import dev.belay.testing.Effort;
import dev.belay.testing.GroupStore;
import dev.belay.testing.Member;
import dev.belay.testing.Notes;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a writing verb of Belay's own is all or nothing. Method: triggers on all of Belay's tables
 * count the rows that a verb writes, and refuse the one with a given number; each verb is refused
 * at each of its rows, with a {@code Tx} (caught and not) and without, alone and among seven
 * others. Then the file holds nothing of the verb, what the neighbours wrote, and goes on.
 */
@NullUnmarked // set up before each test
class OwnVerbAtomicityTest {
  private static final int NEIGHBOURS = 7;
  private static final int FAILURES_MAX = 12;

  /** A usual run refuses at the middle row and the last. */
  private static final boolean ALL = Effort.of(0, 1) > 0;

  private final AtomicReference<OwnVerbs> prepared = new AtomicReference<>();
  @RegisterExtension final GroupStore store = new GroupStore();
  private Map<String, Verb> verbs;
  private List<String> before;

  private enum Use {
    WITHOUT_TX {
      @Override
      Member member(Belay belay, Verb verb) {
        return Member.own("culprit", store -> verb.run(store, null));
      }
    },
    IN_A_BODY {
      @Override
      Member member(Belay belay, Verb verb) {
        return Member.write(
            "culprit",
            tx -> {
              Notes.add(tx, "culprit");
              return verb.run(belay, tx);
            });
      }
    },
    CAUGHT_IN_A_BODY {
      @Override
      Member member(Belay belay, Verb verb) {
        return Member.write(
            "culprit",
            tx -> {
              Notes.add(tx, "culprit");
              try {
                return verb.run(belay, tx);
              } catch (RuntimeException e) {
                return "caught";
              }
            });
      }
    },
    CAUGHT_IN_A_FLOW_THAT_ROLLS_BACK {
      @Override
      Member member(Belay belay, Verb verb) {
        return Member.flow(
            "culprit",
            tx -> {
              Notes.add(tx, "culprit");
              try {
                return TxOutcome.commit(verb.run(belay, tx));
              } catch (RuntimeException e) {
                return TxOutcome.rollback("caught");
              }
            });
      }
    };

    abstract Member member(Belay belay, Verb verb);
  }

  @BeforeEach
  void prepare() throws SQLException {
    store.prepare(belay -> prepared.set(OwnVerbs.prepare(belay)));
    verbs = prepared.get().all();
    Path template = store.template();
    PlainSqlite.execute(
        template,
        "CREATE TABLE written (x)",
        "CREATE TABLE refused_at (n INTEGER)",
        "INSERT INTO refused_at VALUES (-1)");
    for (String table : tables(template)) {
      for (String verb : List.of("INSERT", "UPDATE", "DELETE")) {
        PlainSqlite.execute(
            template,
            "CREATE TRIGGER refuse_%1$s_%2$s BEFORE %2$s ON %1$s BEGIN".formatted(table, verb)
                + " SELECT CASE WHEN (SELECT count(*) FROM written) = (SELECT n FROM refused_at)"
                + " THEN RAISE(ABORT, 'refused') END; INSERT INTO written VALUES (1); END");
      }
    }
    before = dump(template);
  }

  @ParameterizedTest
  @EnumSource(Use.class)
  void a_verb_that_is_refused_at_any_of_its_rows_has_written_none(Use use) {
    List<String> failures = new ArrayList<>();
    // skip a row that is refused and go on: see KeptRowsTest
    verbs.keySet().removeAll(List.of("purge", "forgetOperations"));
    for (Map.Entry<String, Verb> verb : verbs.entrySet()) {
      int rows = rowsWritten(verb);
      for (int row = 0; row < rows && failures.size() < FAILURES_MAX; row++) {
        store.withChanges("UPDATE refused_at SET n = " + row);
        String name = use + ", " + verb.getKey() + ", refused at row " + row + " of " + rows;
        if (ALL || row == rows - 1) {
          Answers alone = store.runAlone(belay -> List.of(member(use, belay, verb)));
          check(name + ", alone", use, alone, failures);
        }
        if (ALL || row == rows / 2) {
          Answers group = store.tryOnce(belay -> group(use, belay, verb));
          check(name + ", in a group", use, group, failures);
        }
      }
    }
    assertThat(failures).as("the first %s of those that failed", FAILURES_MAX).isEmpty();
  }

  private int rowsWritten(Map.Entry<String, Verb> verb) {
    store.withChanges("UPDATE refused_at SET n = -1");
    Answers answers =
        store.runAlone(
            belay ->
                List.of(
                    Member.write(
                        "counted",
                        tx -> {
                          verb.getValue().run(belay, tx);
                          return tx.handle()
                              .createQuery("SELECT count(*) FROM written")
                              .mapTo(Integer.class)
                              .one();
                        })));
    int rows = Integer.parseInt(String.valueOf(answers.value("counted")));
    assertThat(rows).as("rows written by " + verb.getKey()).isPositive();
    return rows;
  }

  private static Member member(Use use, Belay belay, Map.Entry<String, Verb> verb) {
    return use.member(belay, verb.getValue());
  }

  private static List<Member> group(Use use, Belay belay, Map.Entry<String, Verb> verb) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < NEIGHBOURS; i++) {
      String name = "neighbour " + i;
      members.add(
          Member.write(
              name,
              tx -> {
                Notes.add(tx, name);
                return name;
              }));
    }
    members.add(NEIGHBOURS / 2, member(use, belay, verb));
    return members;
  }

  private void check(String name, Use use, Answers answers, List<String> failures) {
    try {
      Object culprit = answers.valueOrFailure("culprit");
      boolean kept = answers.notes().contains("culprit");
      assertThat(difference(before, dump(answers.file()))).as("written and gone").isEmpty();
      switch (use) {
        case WITHOUT_TX, IN_A_BODY -> assertThat(culprit).isInstanceOf(Throwable.class);
        case CAUGHT_IN_A_BODY ->
            // kept only if the verb failed before it had written; then it is told so
            assertThat(kept).as("kept, answered " + culprit).isEqualTo("caught".equals(culprit));
        case CAUGHT_IN_A_FLOW_THAT_ROLLS_BACK -> assertThat(kept).isFalse();
      }
      if (culprit instanceof Throwable failure) {
        assertThat(failure).hasStackTraceContaining("refused");
      }
      for (int i = 0; i < NEIGHBOURS && name.endsWith("in a group"); i++) {
        assertThat(answers.value("neighbour " + i)).isEqualTo("neighbour " + i);
        assertThat(answers.notes()).contains("neighbour " + i);
      }
      goesOn(answers);
    } catch (Throwable e) {
      failures.add(name + ": " + e.toString().lines().limit(30).toList() + "\n");
    }
  }

  private static void goesOn(Answers answers) throws SQLException {
    PlainSqlite.execute(answers.file(), "UPDATE refused_at SET n = -1");
    Belay belay = answers.belay();
    belay.queue("q").enqueue(NewWork.of("goes on"));
    List<Claim> claims = belay.queue("q").claim("w", Duration.ofDays(1), 100);
    assertThat(claims).extracting(Claim::payload).contains("goes on", "ready");
    SessionCommit next = SessionCommit.to("s", 1).append(NewEvent.of("t", "goes on"));
    assertThat(belay.sessions().commit(next).committed()).isPresent();
  }

  private static List<String> difference(List<String> before, List<String> after) {
    List<String> written = new ArrayList<>(after);
    written.removeAll(before);
    List<String> gone = new ArrayList<>(before);
    gone.removeAll(after);
    gone.forEach(row -> written.add("gone: " + row));
    return written;
  }

  private static List<String> tables(Path file) throws SQLException {
    return PlainSqlite.rows(
        file,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'belay\\_%' ESCAPE '\\'"
            + " AND name <> 'belay_schema_history' ORDER BY name");
  }

  private static List<String> dump(Path file) throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String table : tables(file)) {
      for (String row : PlainSqlite.rows(file, "SELECT * FROM " + table)) {
        rows.add(table + ": " + row);
      }
    }
    return rows;
  }
}

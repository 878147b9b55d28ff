package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.Effort;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: a body ends with the connection as it began. Method: every verb of JDBI, with every sort of
 * statement, in every kind of body, on a file and in memory, with every way to end; after each
 * another program writes, the store writes, reads, runs a batch of one row, looks for a savepoint
 * and for every setting. A run with full effort walks all of it; a usual one every fourth case.
 */
class BodyEdgeMatrixTest {
  private static final int FAILURES_MAX = 10;
  private static final int STEP = Effort.of(4, 1);

  @TempDir Path dir;

  private enum Body {
    WRITE {
      @Override
      void run(TxRunner runner, Attempt attempt) throws Exception {
        runner.useWrite(
            tx -> {
              if (!attempt.run(tx)) {
                throw new IllegalArgumentException("undone");
              }
            });
      }
    },
    WRITE_FLOW {
      @Override
      void run(TxRunner runner, Attempt attempt) throws Exception {
        runner.<Integer, Exception>writeFlow(
            tx -> attempt.run(tx) ? TxOutcome.commit(1) : TxOutcome.rollback(0));
      }
    },
    READ {
      @Override
      void run(TxRunner runner, Attempt attempt) throws Exception {
        runner.<Boolean, Exception>read(attempt::run);
      }
    },
    CALL {
      @Override
      void run(TxRunner runner, Attempt attempt) throws Exception {
        runner.<Boolean, Exception>call(attempt::run);
      }
    };

    abstract void run(TxRunner runner, Attempt attempt) throws Exception;
  }

  /** One case of the matrix. */
  private record Attempt(EdgeVerb verb, EdgeStatement statement, EdgeEnding ending) {
    boolean run(Tx tx) throws Exception {
      return ending.run(tx, in -> verb.run(in, statement.sql()));
    }
  }

  private record Case(Body body, boolean inMemory) {}

  static Stream<Case> cases() {
    return Stream.of(Body.values())
        .flatMap(body -> Stream.of(new Case(body, false), new Case(body, true)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_body_ends_with_the_connection_as_it_began(Case test) throws SQLException {
    List<String> failures = new ArrayList<>();
    int number = 0;
    EdgeStore store = open(test, failures);
    try {
      for (Attempt attempt : attempts()) {
        if (number++ % STEP == 0 && failures.size() < FAILURES_MAX) {
          String failure = failure(store, test, attempt);
          if (failure != null) {
            failures.add(failure);
            store.close();
            store = open(test, failures); // what one case broke must not fail the next
          }
        }
      }
    } finally {
      store.close();
    }
    assertThat(failures).as("the first %s of those that failed", FAILURES_MAX).isEmpty();
  }

  /** In an order in which each fourth still meets every verb, statement and ending. */
  private static List<Attempt> attempts() {
    List<Attempt> attempts = new ArrayList<>();
    for (EdgeEnding ending : EdgeEnding.values()) {
      for (EdgeStatement statement : EdgeStatement.values()) {
        for (EdgeVerb verb : EdgeVerb.values()) {
          attempts.add(new Attempt(verb, statement, ending));
        }
      }
    }
    return attempts;
  }

  private static @Nullable String failure(EdgeStore store, Case test, Attempt attempt) {
    String ended = "well";
    try {
      test.body().run(store.tx(), attempt);
    } catch (Throwable e) {
      ended = e.toString(); // whatever a body may end with, what comes after it must not notice
    }
    try {
      store.check();
      return null;
    } catch (Throwable e) {
      return test + ", " + attempt + ", which ended " + ended + "\n  then: " + e + "\n";
    }
  }

  private EdgeStore open(Case test, List<String> failures) throws SQLException {
    return new EdgeStore(
        test.inMemory() ? null : dir.resolve(test.body() + "-" + failures.size() + ".db"));
  }
}

package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Answers;
import dev.belay.testing.GroupStore;
import dev.belay.testing.Member;
import dev.belay.testing.Notes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: nobody is answered on the strength of a write that does not last. Method: a body whose
 * COMMIT is refused (a deferred constraint), and bodies behind it that would answer by what it
 * wrote. Whether they share a transaction is the store's affair; they stand in line together.
 */
@NullUnmarked // set up before each test
class UndecidedAnswerTest {
  @RegisterExtension
  final GroupStore store =
      new GroupStore(
          """
            CREATE TABLE child (parent INTEGER REFERENCES note (id)
                                DEFERRABLE INITIALLY DEFERRED)""",
          "CREATE TABLE strict_child (parent INTEGER REFERENCES note (id))");

  record Orphan(String name, TxAction<Exception> action) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Writes that fail at the COMMIT. */
  static Stream<Orphan> orphans() {
    String deferred = "INSERT INTO child VALUES (99)";
    return Stream.of(
        new Orphan("deferred key", tx -> tx.handle().execute(deferred)),
        new Orphan("in a script", tx -> tx.handle().createScript(deferred).execute()),
        new Orphan(
            "in a savepoint",
            tx -> {
              tx.handle().savepoint("sp");
              tx.handle().execute(deferred);
              tx.handle().releaseSavepoint("sp");
            }),
        new Orphan(
            "defer_foreign_keys",
            tx -> {
              tx.handle().execute("PRAGMA defer_foreign_keys = ON");
              tx.handle().execute("INSERT INTO strict_child VALUES (99)");
            }));
  }

  @ParameterizedTest
  @MethodSource("orphans")
  void of_two_commits_to_one_revision_one_wins_though_the_other_is_refused_at_its_commit(
      Orphan orphan) {
    Answers answers =
        store.tryOnce(
            belay ->
                List.of(
                    Member.write(
                        "A",
                        tx -> {
                          belay.sessions().commit(tx, commit()).orThrow();
                          orphan.action().run(tx);
                          return "never";
                        }),
                    Member.write(
                        "B", tx -> belay.sessions().commit(tx, commit()).orThrow().revision())));

    assertThat(answers.failure("A")).hasStackTraceContaining("FOREIGN KEY");
    assertThat(answers.value("B")).isEqualTo(1L);
    assertThat(answers.belay().sessions().find("chat")).isPresent();
  }

  @ParameterizedTest
  @MethodSource("orphans")
  void nobody_is_told_already_done_by_an_operation_that_is_undone(Orphan orphan) {
    SessionCommit operation = commit().operation("once");
    Answers answers =
        store.tryOnce(
            belay ->
                List.of(
                    Member.write(
                        "A",
                        tx -> {
                          belay.sessions().commit(tx, operation).orThrow();
                          orphan.action().run(tx);
                          return "never";
                        }),
                    Member.flow("B", tx -> onceOnly(belay, tx, operation)),
                    Member.own("C", store -> store.sessions().find("chat").isPresent())));

    assertThat(answers.failure("A")).hasStackTraceContaining("FOREIGN KEY");
    assertThat(answers.value("B")).isEqualTo("done");
    assertThat(answers.belay().sessions().find("chat")).isPresent();
  }

  private static TxOutcome<String> onceOnly(Belay belay, Tx tx, SessionCommit operation) {
    Committed committed = belay.sessions().commit(tx, operation).orThrow();
    return committed.replayed() ? TxOutcome.rollback("already done") : TxOutcome.commit("done");
  }

  @ParameterizedTest
  @MethodSource("orphans")
  void an_exception_that_tells_of_a_neighbours_write_is_not_thrown_when_that_does_not_last(
      Orphan orphan) {
    Answers answers =
        store.tryOnce(
            belay ->
                List.of(
                    Member.write(
                        "A",
                        tx -> {
                          Notes.add(tx, "A");
                          orphan.action().run(tx);
                          return "never";
                        }),
                    Member.write(
                        "B",
                        tx -> {
                          if (Notes.all(tx).contains("A")) {
                            throw new IllegalArgumentException("A is there");
                          }
                          return "alone";
                        }),
                    Member.flow("C", tx -> TxOutcome.rollback(String.join(",", Notes.all(tx))))));

    assertThat(answers.failure("A")).hasStackTraceContaining("FOREIGN KEY");
    assertThat(answers.value("B")).isEqualTo("alone");
    assertThat(answers.value("C")).isEqualTo("");
    assertThat(answers.notes()).isEmpty();
  }

  @Test
  void an_orphan_is_refused_though_the_next_body_brings_its_parent() {
    Answers answers =
        store.tryOnce(
            belay ->
                List.of(
                    Member.write(
                        "O",
                        tx -> {
                          tx.handle().execute("INSERT INTO child VALUES (7)");
                          return "orphan";
                        }),
                    Member.write(
                        "P",
                        tx ->
                            tx.handle()
                                .execute("INSERT INTO note (id, text) VALUES (7, 'parent')"))));

    assertThat(answers.failure("O")).hasStackTraceContaining("FOREIGN KEY");
    assertThat(answers.value("P")).isEqualTo(1);
    assertThat(rows(answers, "child")).isZero();
  }

  @Test
  void what_one_body_defers_another_does_not() {
    Answers answers =
        store.tryOnce(
            belay ->
                List.of(
                    Member.write("A", tx -> tx.handle().execute("PRAGMA defer_foreign_keys = ON")),
                    Member.write(
                        "B", tx -> tx.handle().execute("INSERT INTO strict_child VALUES (7)")),
                    Member.write(
                        "P",
                        tx ->
                            tx.handle()
                                .execute("INSERT INTO note (id, text) VALUES (7, 'parent')"))));

    assertThat(answers.failure("B")).hasStackTraceContaining("FOREIGN KEY");
    assertThat(answers.value("P")).isEqualTo(1);
    assertThat(rows(answers, "strict_child")).isZero();
  }

  @Test
  void a_body_that_repairs_its_own_orphan_is_kept() {
    Answers answers =
        store.tryOnce(
            belay ->
                List.of(
                    Member.write("A", tx -> added(tx, "A")),
                    Member.write(
                        "B",
                        tx -> {
                          tx.handle().execute("INSERT INTO child VALUES (7)");
                          return tx.handle()
                              .execute("INSERT INTO note (id, text) VALUES (7, 'parent')");
                        }),
                    Member.write("C", tx -> added(tx, "C"))));

    assertThat(answers.value("B")).isEqualTo(1);
    assertThat(answers.notes()).containsExactly("A", "C", "parent");
    assertThat(rows(answers, "child")).isEqualTo(1);
  }

  private static int rows(Answers answers, String table) {
    return answers
        .belay()
        .tx()
        .<Integer, RuntimeException>read(
            tx ->
                tx.handle()
                    .createQuery("SELECT count(*) FROM " + table)
                    .mapTo(Integer.class)
                    .one());
  }

  private static SessionCommit commit() {
    return SessionCommit.to("chat", 0).append(NewEvent.of("t", "{}"));
  }

  private static String added(Tx tx, String text) {
    Notes.add(tx, text);
    return text;
  }
}

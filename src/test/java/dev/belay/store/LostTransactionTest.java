package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Answers;
import dev.belay.testing.GroupStore;
import dev.belay.testing.Member;
import dev.belay.testing.Notes;
import dev.belay.testing.TxFailures;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: what is acknowledged is in the file, whatever a neighbour does to the transaction that it
 * shares. Method: a body that writes, one under which the transaction is lost, and one behind it,
 * in one group.
 */
@NullUnmarked // set up before each test
class LostTransactionTest {
  private static final String DUPLICATE = "INSERT OR ROLLBACK INTO note (text) VALUES ('first')";

  @RegisterExtension
  final GroupStore store =
      new GroupStore(
          "INSERT INTO note (text) VALUES ('first')",
          "CREATE TABLE refused (x)",
          """
            CREATE TRIGGER refuse BEFORE INSERT ON refused
            BEGIN SELECT RAISE(ROLLBACK, 'refused'); END""");

  record Loss(String name, TxAction<Exception> action) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Ways in which a transaction is lost; all throw. */
  static Stream<Loss> losses() {
    return Stream.of(
        new Loss("a cancelled query", TxFailures::cancelledQuery),
        new Loss("a cancelled query of raw JDBC", TxFailures::cancelledRawQuery),
        new Loss(
            "a query cancelled at once",
            tx -> TxFailures.cancelledAtOnce(tx, "SELECT count(*) FROM note")),
        new Loss(
            "an insert cancelled at once",
            tx -> TxFailures.cancelledAtOnce(tx, "INSERT INTO note (text) VALUES ('x')")),
        new Loss("OR ROLLBACK", tx -> tx.handle().execute(DUPLICATE)),
        new Loss("OR ROLLBACK in a script", tx -> tx.handle().createScript(DUPLICATE).execute()),
        new Loss(
            "OR ROLLBACK in a batch",
            tx ->
                tx.handle()
                    .prepareBatch("INSERT OR ROLLBACK INTO note (text) VALUES (?)")
                    .add("new")
                    .add("first")
                    .execute()),
        new Loss(
            "OR ROLLBACK of raw JDBC",
            tx -> tx.handle().getConnection().createStatement().execute(DUPLICATE)),
        new Loss(
            "UPDATE OR ROLLBACK",
            tx -> {
              Notes.add(tx, "second");
              tx.handle().execute("UPDATE OR ROLLBACK note SET text = 'first'");
            }),
        new Loss(
            "RAISE(ROLLBACK)", tx -> tx.handle().execute("INSERT INTO refused (x) VALUES (1)")));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void a_flow_that_rolls_back_after_a_loss_takes_no_neighbour_with_it(Loss loss) {
    Answers answers =
        store.run(
            "A B",
            belay ->
                List.of(
                    Member.write(
                        "A", tx -> belay.sessions().commit(tx, commit()).orThrow().revision()),
                    rollsBackAfter(loss),
                    Member.write("C", tx -> added(tx, "C"))));

    assertThat(answers.value("A")).isEqualTo(1L);
    assertThat(answers.value("B")).isEqualTo("cannot");
    assertThat(answers.belay().sessions().find("chat")).isPresent();
    assertThat(answers.notes()).containsExactly("C", "first");
  }

  @ParameterizedTest
  @MethodSource("losses")
  void a_body_that_lets_the_loss_through_fails_alone(Loss loss) {
    Answers answers =
        store.run(
            "A B",
            belay ->
                between(
                    Member.write(
                        "B",
                        tx -> {
                          Notes.add(tx, "B");
                          loss.action().run(tx);
                          return "not lost";
                        })));

    assertThat(answers.value("A")).isEqualTo("A");
    assertThat(answers.failure("B")).isNotInstanceOf(IllegalStateException.class);
    assertThat(answers.value("C")).isEqualTo("C");
    assertThat(answers.notes()).containsExactly("A", "C", "first");
  }

  @ParameterizedTest
  @MethodSource("losses")
  void a_body_that_swallows_the_loss_is_told_what_became_of_it(Loss loss) {
    Answers answers =
        store.run(
            "A B",
            belay ->
                between(
                    Member.write(
                        "B",
                        tx -> {
                          Notes.add(tx, "B");
                          Throwable caught = catchThrowable(() -> loss.action().run(tx));
                          return caught == null ? "not lost" : "swallowed";
                        })));

    assertThat(answers.value("A")).isEqualTo("A");
    assertThat(answers.value("C")).isEqualTo("C");
    // a query that lost only its own rows may leave the transaction whole
    boolean kept = "swallowed".equals(answers.valueOrFailure("B"));
    assertThat(answers.notes().contains("B")).isEqualTo(kept);
    assertThat(answers.notes()).contains("A", "C", "first");
  }

  @ParameterizedTest
  @MethodSource("losses")
  void a_body_that_answers_a_loss_with_an_exception_of_its_own_fails_with_that(Loss loss) {
    IllegalArgumentException own = new IllegalArgumentException("mine");
    Answers answers =
        store.run(
            "A B",
            belay ->
                between(
                    Member.write(
                        "B",
                        tx -> {
                          Throwable caught = catchThrowable(() -> loss.action().run(tx));
                          if (caught == null) {
                            return "not lost";
                          }
                          throw own;
                        })));

    assertThat(answers.failure("B")).isSameAs(own);
    assertThat(answers.value("A")).isEqualTo("A");
    assertThat(answers.notes()).containsExactly("A", "C", "first");
  }

  @ParameterizedTest
  @MethodSource("losses")
  void no_statement_of_a_body_fails_for_the_loss_of_another(Loss loss) {
    List<Throwable> inside = Collections.synchronizedList(new ArrayList<>());
    Answers answers =
        store.run(
            "A B",
            belay ->
                List.of(
                    Member.write("A", tx -> added(tx, "A")),
                    rollsBackAfter(loss),
                    Member.write(
                        "C",
                        tx -> {
                          Throwable failed = catchThrowable(() -> Notes.add(tx, "C"));
                          if (failed != null) {
                            inside.add(failed);
                          }
                          return Notes.all(tx).contains("C");
                        })));

    assertThat(inside).isEmpty();
    assertThat(answers.value("C")).isEqualTo(true);
    assertThat(answers.notes()).containsExactly("A", "C", "first");
  }

  @Test
  void a_write_whose_body_returns_an_outcome_is_refused_and_undone() {
    Answers answers =
        store.run(
            "A B C",
            belay ->
                List.of(
                    Member.write("A", tx -> added(tx, "A")),
                    Member.write("B", tx -> TxOutcome.rollback(added(tx, "B"))),
                    Member.write("C", tx -> TxOutcome.commit(added(tx, "C"))),
                    Member.write("D", tx -> added(tx, "D"))));

    assertThat(answers.failure("B")).isInstanceOf(IllegalStateException.class);
    assertThat(answers.failure("C")).isInstanceOf(IllegalStateException.class);
    assertThat(answers.notes()).containsExactly("A", "D", "first");
  }

  @Test
  void a_write_whose_body_returns_an_outcome_is_refused_alone_too() {
    Answers answers =
        store.runAlone(
            belay ->
                List.of(
                    Member.write("B", tx -> TxOutcome.rollback(added(tx, "B"))),
                    Member.write(
                        "C",
                        tx -> {
                          try {
                            tx.handle().execute(DUPLICATE);
                            return TxOutcome.commit("none");
                          } catch (JdbiException e) {
                            return TxOutcome.rollback("duplicate");
                          }
                        })));

    assertThat(answers.failure("B")).isInstanceOf(IllegalStateException.class);
    assertThat(answers.failure("C")).isInstanceOf(IllegalStateException.class);
    assertThat(answers.notes()).containsExactly("first");
  }

  @Test
  void hooks_of_a_body_that_lost_its_transaction_never_run() throws Exception {
    List<String> hooks = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch last = new CountDownLatch(1);
    Answers answers =
        store.run(
            "A B",
            belay ->
                List.of(
                    Member.write("A", tx -> added(tx, "A")),
                    Member.flow(
                        "B",
                        tx -> {
                          tx.afterCommit(() -> hooks.add("B"));
                          tx.handle().afterCommit(() -> hooks.add("B's handle"));
                          catchThrowable(() -> TxFailures.cancelledQuery(tx));
                          return TxOutcome.rollback(1);
                        })));
    answers.belay().useWrite(tx -> tx.afterCommit(last::countDown));

    last.await();
    assertThat(hooks).isEmpty();
  }

  /** Three bodies: one that writes, {@code culprit}, and another that writes. */
  private static List<Member> between(Member culprit) {
    return List.of(
        Member.write("A", tx -> added(tx, "A")), culprit, Member.write("C", tx -> added(tx, "C")));
  }

  private static Member rollsBackAfter(Loss loss) {
    return Member.flow(
        "B",
        tx -> {
          Throwable caught = catchThrowable(() -> loss.action().run(tx));
          return caught == null ? TxOutcome.commit("no failure") : TxOutcome.rollback("cannot");
        });
  }

  private static SessionCommit commit() {
    return SessionCommit.to("chat", 0).append(NewEvent.of("t", "{}"));
  }

  private static String added(Tx tx, String text) {
    Notes.add(tx, text);
    return text;
  }
}

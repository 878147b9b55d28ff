package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.testing.Answers;
import dev.belay.testing.Checked;
import dev.belay.testing.GroupStore;
import dev.belay.testing.Member;
import dev.belay.testing.Notes;
import dev.belay.testing.PlainSqlite;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: a savepoint ends with the body that set it. Method: a body leaves one open, in each way
 * there is, and bodies behind it in its group, which fail, name it.
 */
@NullUnmarked // set up before each test
class OpenSavepointTest {
  @RegisterExtension final GroupStore store = new GroupStore();

  record Act(String name, TxAction<Exception> action) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Act> ways_to_leave_one_open() {
    return Stream.of(
        new Act("Handle.savepoint", tx -> tx.handle().savepoint("sp")),
        new Act("SAVEPOINT", tx -> tx.handle().execute("SAVEPOINT sp")),
        new Act("update", tx -> tx.handle().createUpdate("/* a */ savepoint \"sp\"").execute()),
        new Act("script", tx -> tx.handle().createScript("SAVEPOINT sp; SAVEPOINT sp").execute()),
        new Act("raw", tx -> tx.handle().getConnection().createStatement().execute("SAVEPOINT sp")),
        new Act("raw, Connection", tx -> tx.handle().getConnection().setSavepoint("sp")),
        new Act(
            "nested",
            tx -> {
              tx.handle().savepoint("outer");
              tx.handle().savepoint("sp");
              tx.handle().savepoint("inner");
            }),
        new Act(
            "one of two released",
            tx -> {
              tx.handle().savepoint("sp");
              tx.handle().savepoint("inner");
              tx.handle().releaseSavepoint("inner");
            }));
  }

  @ParameterizedTest
  @MethodSource("ways_to_leave_one_open")
  void a_savepoint_left_open_undoes_nothing_of_its_body_when_the_next_rolls_back_to_it(Act act) {
    Answers answers =
        store.run(
            sharing(act),
            belay ->
                List.of(
                    Member.write("A", tx -> leavesOpen(tx, act)),
                    Member.write(
                        "B", tx -> failureName(() -> tx.handle().execute("ROLLBACK TO sp"))),
                    Member.write("C", tx -> added(tx, "C"))));

    assertThat(answers.value("A")).isEqualTo("ok");
    assertThat(answers.value("B")).as("rolled back to the savepoint of A").isNotEqualTo("none");
    assertThat(answers.value("C")).isEqualTo("C");
    assertThat(answers.notes()).containsExactly("C", "acknowledged");
    new Checked(answers.belay(), () -> PlainSqlite.patient(answers.file())).requireServing(act);
  }

  @ParameterizedTest
  @MethodSource("ways_to_leave_one_open")
  void a_savepoint_left_open_is_no_part_of_what_the_next_undoes(Act act) {
    Answers answers =
        store.run(
            sharing(act),
            belay ->
                List.of(
                    Member.write("A", tx -> leavesOpen(tx, act)),
                    Member.write(
                        "B",
                        tx -> {
                          tx.handle().savepoint("sp");
                          Notes.add(tx, "B");
                          tx.handle().rollbackToSavepoint("sp");
                          tx.handle().releaseSavepoint("sp");
                          tx.handle().rollbackToSavepoint("sp"); // there is none any more
                          return "undone";
                        }),
                    Member.write("C", tx -> added(tx, "C"))));

    assertThat(answers.value("A")).isEqualTo("ok");
    assertThat(answers.failure("B")).isNotNull();
    assertThat(answers.value("C")).isEqualTo("C");
    assertThat(answers.notes()).containsExactly("C", "acknowledged");
  }

  @ParameterizedTest
  @MethodSource("ways_to_leave_one_open")
  void a_body_that_fails_with_a_savepoint_open_leaves_nothing_and_its_neighbours_whole(Act act) {
    Answers answers =
        store.run(
            "A B",
            belay ->
                List.of(
                    Member.write("A", tx -> added(tx, "A")),
                    Member.write(
                        "B",
                        tx -> {
                          leavesOpen(tx, act);
                          throw new IllegalArgumentException("no");
                        }),
                    Member.flow("C", tx -> TxOutcome.rollback(leavesOpen(tx, act))),
                    Member.write("D", tx -> failureName(() -> tx.handle().execute("RELEASE sp"))),
                    Member.write("E", tx -> added(tx, "E"))));

    assertThat(answers.failure("B")).hasMessage("no");
    assertThat(answers.value("C")).isEqualTo("ok");
    assertThat(answers.value("D")).isNotEqualTo("none");
    assertThat(answers.notes()).containsExactly("A", "E");
  }

  @ParameterizedTest
  @MethodSource("ways_to_leave_one_open")
  void a_savepoint_left_open_by_the_first_of_a_group_lets_the_others_be_undone_alone(Act act) {
    // The first body needs no savepoint of the runner's, so its own must not hold the others'.
    Answers answers =
        store.run(
            sharing(act),
            belay ->
                List.of(
                    Member.write("A", tx -> leavesOpen(tx, act)),
                    Member.flow("B", tx -> TxOutcome.rollback(added(tx, "B"))),
                    Member.write("C", tx -> added(tx, "C"))));

    assertThat(answers.value("B")).isEqualTo("B");
    assertThat(answers.notes()).containsExactly("C", "acknowledged");
  }

  @Test
  void a_body_that_lets_go_of_every_savepoint_it_can_name_harms_no_neighbour() {
    Answers answers =
        store.run(
            "A B",
            belay ->
                List.of(
                    Member.write("A", tx -> added(tx, "A")),
                    Member.write(
                        "B",
                        tx -> {
                          Notes.add(tx, "B");
                          for (String name : List.of("belay", "body", "sp", "runner", "s", "x")) {
                            failureName(() -> tx.handle().execute("RELEASE " + name));
                            failureName(() -> tx.handle().execute("ROLLBACK TO " + name));
                          }
                          throw new IllegalArgumentException("no");
                        }),
                    Member.write("C", tx -> added(tx, "C"))));

    assertThat(answers.failure("B")).hasMessage("no");
    assertThat(answers.notes()).containsExactly("A", "C");
  }

  @Test
  void a_savepoint_of_an_earlier_transaction_is_unknown_to_the_next() {
    Answers answers =
        store.runAlone(
            belay ->
                List.of(
                    Member.write(
                        "A", tx -> leavesOpen(tx, new Act("", t -> t.handle().savepoint("sp")))),
                    Member.write(
                        "B", tx -> failureName(() -> tx.handle().execute("ROLLBACK TO sp")))));

    assertThat(answers.value("B")).isNotEqualTo("none");
    assertThat(answers.notes()).containsExactly("acknowledged");
  }

  /**
   * A body that uses statements without SQL of their own costs the connection, and so end the
   * group.
   */
  private static String sharing(Act act) {
    return act.name().startsWith("raw") || act.name().equals("script") ? "A" : "A B";
  }

  private static String leavesOpen(Tx tx, Act act) throws Exception {
    act.action().run(tx);
    Notes.add(tx, "acknowledged");
    return "ok";
  }

  private static String failureName(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    return failure == null ? "none" : failure.getClass().getSimpleName();
  }

  private static String added(Tx tx, String text) {
    Notes.add(tx, text);
    return text;
  }
}

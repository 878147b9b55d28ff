package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.StoreEngine;
import dev.belay.testing.Answers;
import dev.belay.testing.GroupStore;
import dev.belay.testing.Member;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: once the COMMIT is durable, everybody in the group is told so, whatever goes wrong in the
 * telling. Method: what one body has run after the commit throws, an Error too; then everybody's
 * answer is compared with the file.
 */
@NullUnmarked // set up before each test
class AnswerToldTest {
  private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  private Thread.UncaughtExceptionHandler before;
  @RegisterExtension final GroupStore store = new GroupStore();

  record Hook(String name, TxAction<Exception> action) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeEach
  void prepare() {
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
  }

  @AfterEach
  void close() {
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  static Stream<Hook> hooks_that_throw() {
    Runnable error =
        () -> {
          throw new OutOfMemoryError("signal");
        };
    Runnable exception =
        () -> {
          throw new IllegalStateException("signal");
        };
    Runnable hook =
        () -> {
          throw new StackOverflowError("hook");
        };
    return Stream.of(
        new Hook("a signal, Error", tx -> signal(tx, error)),
        new Hook("a signal, exception", tx -> signal(tx, exception)),
        new Hook("a hook", tx -> tx.afterCommit(hook)),
        new Hook("JDBI's afterCommit", tx -> tx.handle().afterCommit(hook)),
        new Hook("JDBI's cleanable", tx -> tx.handle().addCleanable(hook::run)),
        new Hook(
            "all of them",
            tx -> {
              tx.handle().afterCommit(hook);
              tx.afterCommit(hook);
              signal(tx, error);
              signal(tx, exception);
            }));
  }

  private static void signal(Tx tx, Runnable signal) {
    ((StoreEngine) tx.runner()).signalAfterCommit(tx, signal);
  }

  @ParameterizedTest
  @MethodSource("hooks_that_throw")
  void a_hook_that_throws_after_the_commit_changes_nobodys_answer(Hook hook) throws Exception {
    CompletableFuture<String> next = new CompletableFuture<>();
    Answers answers =
        store.run(
            "A B C D",
            belay ->
                List.of(
                    Member.write("A", tx -> added(tx, "A")),
                    Member.write(
                        "B",
                        tx -> {
                          hook.action().run(tx);
                          return added(tx, "B");
                        }),
                    Member.write(
                        "C",
                        tx -> {
                          tx.afterCommit(() -> next.complete("C's hook ran"));
                          return added(tx, "C");
                        }),
                    Member.flow("D", tx -> TxOutcome.rollback(Notes.all(tx).size()))));

    assertThat(answers.value("A")).isEqualTo("A");
    assertThat(answers.value("B")).isEqualTo("B");
    assertThat(answers.value("C")).isEqualTo("C");
    assertThat(answers.value("D")).isEqualTo(3);
    assertThat(answers.notes()).containsExactly("A", "B", "C");
    assertThat(Patience.get(next)).isEqualTo("C's hook ran");
    answers.belay().useWrite(tx -> Notes.add(tx, "next"));
  }

  @ParameterizedTest
  @MethodSource("hooks_that_throw")
  void a_hook_that_throws_after_the_commit_fails_no_body_that_was_alone(Hook hook) {
    Answers answers =
        store.runAlone(
            belay ->
                List.of(
                    Member.write(
                        "A",
                        tx -> {
                          hook.action().run(tx);
                          return added(tx, "A");
                        })));

    assertThat(answers.value("A")).isEqualTo("A");
    assertThat(answers.notes()).containsExactly("A");
  }

  @Test
  void an_executor_that_takes_no_completion_keeps_no_neighbour_from_its_answer() throws Exception {
    Answers answers =
        store.run(
            "A B",
            belay -> {
              Object unused =
                  ((StoreEngine) belay.tx())
                      .verbFirstAsync(
                          tx -> added(tx, "first"),
                          task -> {
                            throw new RejectedExecutionException("full");
                          });
              return List.of(
                  Member.write("A", tx -> added(tx, "A")), Member.write("B", tx -> added(tx, "B")));
            });

    assertThat(answers.value("A")).isEqualTo("A");
    assertThat(answers.value("B")).isEqualTo("B");
    assertThat(answers.notes()).containsExactly("A", "B", "first");
  }

  @Test
  void a_body_whose_exception_cannot_be_looked_at_has_its_answer_and_so_have_its_neighbours() {
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
                          throw new Unspeakable();
                        }),
                    Member.write("C", tx -> added(tx, "C"))));

    assertThat(answers.valueOrFailure("B")).isInstanceOf(Throwable.class);
    assertThat(answers.value("A")).isEqualTo("A");
    assertThat(answers.value("C")).isEqualTo("C");
    assertThat(answers.notes()).containsExactly("A", "C");
  }

  /** Throws whatever it is asked. */
  private static final class Unspeakable extends org.jdbi.v3.core.JdbiException {
    private static final long serialVersionUID = 1L;

    Unspeakable() {
      super("unspeakable");
    }

    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException("no cause for you");
    }
  }

  private static String added(Tx tx, String text) {
    Notes.add(tx, text);
    return text;
  }
}

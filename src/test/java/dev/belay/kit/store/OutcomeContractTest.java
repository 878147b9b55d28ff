package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxOutcome;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: every caller gets an answer, whatever the code of users throws around its body; and so do
 * the callers behind it.
 */
@NullUnmarked // set up before each test
@OnEachForm
class OutcomeContractTest {
  @RegisterExtension
  final StoreExtension store =
      StoreExtension.onEachForm().with(options -> options.withClock(this::now));

  private final AtomicBoolean clockFails = new AtomicBoolean();
  private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  private Thread.UncaughtExceptionHandler before;
  private Belay belay;

  @BeforeEach
  void open() {
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
    belay = store.belay();
    store.createNotes();
  }

  @AfterEach
  void close() {
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  private Instant now() {
    if (clockFails.get()) {
      throw new IllegalStateException("the clock is broken");
    }
    return Instant.EPOCH;
  }

  @Test
  void a_write_whose_body_returns_an_outcome_is_refused_and_undone() {
    for (TxOutcome<String> outcome :
        List.of(TxOutcome.rollback("undone"), TxOutcome.commit("kept"))) {
      Throwable refused =
          catchThrowable(
              () ->
                  belay.write(
                      tx -> {
                        Notes.add(tx, "never");
                        return outcome;
                      }));

      assertThat(refused).isInstanceOf(IllegalStateException.class);
    }
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void every_caller_gets_an_answer_though_a_cleanup_of_the_handle_throws() throws Exception {
    TxBody<String, RuntimeException> body =
        tx -> {
          Notes.add(tx, "a");
          tx.handle()
              .addCleanable(
                  () -> {
                    throw new SQLException("cleanup");
                  });
          return "kept";
        };

    assertThat(belay.write(body)).isEqualTo("kept");
    belay.useWrite(tx -> tx.handle().execute("DELETE FROM note"));
    List<CompletableFuture<String>> answers = inLine(body, tx -> added(tx, "b"));

    assertThat(Patience.get(answers.get(0))).isEqualTo("kept");
    assertThat(Patience.get(answers.get(1))).isEqualTo("b");
    assertThat(belay.tx().<Integer, RuntimeException>read(tx -> body(tx))).isEqualTo(2);
    assertThat(Notes.all(belay)).containsExactlyInAnyOrder("a", "b");
  }

  private static int body(Tx tx) {
    tx.handle()
        .addCleanable(
            () -> {
              throw new SQLException("cleanup");
            });
    return Notes.all(tx).size();
  }

  @Test
  void a_callback_of_jdbi_that_throws_changes_no_outcome() throws Exception {
    for (Throwable thrown : List.of(new IllegalStateException("no"), new AssertionError("no"))) {
      TxBody<String, RuntimeException> body =
          tx -> {
            tx.handle()
                .afterCommit(
                    () -> {
                      throw OutcomeContractTest.<RuntimeException>sneaky(thrown);
                    });
            return added(tx, "a");
          };
      assertThat(belay.write(body)).isEqualTo("a");
      belay.useWrite(tx -> tx.handle().execute("DELETE FROM note"));
      List<CompletableFuture<String>> answers = inLine(body, tx -> added(tx, "b"));

      assertThat(Patience.get(answers.get(0))).isEqualTo("a");
      assertThat(Patience.get(answers.get(1))).isEqualTo("b");
      assertThat(Notes.all(belay)).containsExactlyInAnyOrder("a", "b");
      belay.useWrite(tx -> tx.handle().execute("DELETE FROM note"));
    }
  }

  @Test
  void a_clock_that_throws_fails_the_call_and_not_the_store() throws Exception {
    clockFails.set(true);
    List<CompletableFuture<String>> answers = new ArrayList<>();
    answers.add(belay.tx().writeAsync(tx -> added(tx, "a")));
    answers.add(belay.tx().writeAsync(tx -> added(tx, "b")));
    answers.add(belay.tx().readAsync(tx -> "c"));
    answers.add(belay.tx().callAsync(tx -> "d"));

    for (CompletableFuture<String> answer : answers) {
      assertThat(catchThrowable(() -> Patience.get(answer)))
          .hasRootCauseMessage("the clock is broken");
    }
    assertThat(catchThrowable(() -> belay.write(tx -> added(tx, "e"))))
        .hasMessage("the clock is broken");
    clockFails.set(false);
    assertThat(belay.tx().<String, RuntimeException>write(tx -> added(tx, "f"))).isEqualTo("f");
    assertThat(Notes.all(belay)).containsExactly("f");
  }

  @Test
  void a_hook_that_throws_is_reported_and_stops_no_other() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    belay.useWrite(
        tx -> {
          tx.afterCommit(
              () -> {
                throw new IllegalStateException("hook");
              });
          tx.afterCommit(second::countDown);
        });

    Patience.await(second);
    assertThat(uncaught).singleElement().hasToString("java.lang.IllegalStateException: hook");
  }

  @Test
  void not_even_a_handler_of_uncaught_exceptions_that_throws_stops_the_hooks() throws Exception {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          throw new IllegalStateException("handler");
        });
    CountDownLatch second = new CountDownLatch(1);
    belay.useWrite(
        tx ->
            tx.afterCommit(
                () -> {
                  throw new IllegalStateException("hook");
                }));
    belay.useWrite(tx -> tx.afterCommit(second::countDown));

    Patience.await(second);
  }

  private List<CompletableFuture<String>> inLine(
      TxBody<String, RuntimeException> first, TxBody<String, RuntimeException> second) {
    try (Standstill standstill = store.standstill(belay)) {
      List<CompletableFuture<String>> answers =
          List.of(belay.tx().writeAsync(first), belay.tx().writeAsync(second));
      standstill.end();
      return answers;
    }
  }

  private static String added(Tx tx, String text) {
    Notes.add(tx, text);
    return text;
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
    throw (X) thrown;
  }
}

package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.Promised;
import dev.belay.kit.Sql;
import dev.belay.kit.StoreExtension;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxOutcome;
import dev.belay.store.TxRunner;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every verb of a runner and its future: what a body returns, throws and leaves behind. */
@NullUnmarked // nulls are passed and returned on purpose
@OnEachForm
class VerbsTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();
  private final ManualClock clock = store.clock;
  private Belay belay;

  /** One way to run a body and get its answer, by name. */
  record Verb(String name, Runs runs) {
    interface Runs {
      @Nullable Object run(TxRunner runner, TxBody<@Nullable Object, ?> body) throws Exception;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Verb> verbs() {
    return Stream.of(
        new Verb("call", (runner, body) -> runner.call(sync(body))),
        new Verb("read", (runner, body) -> runner.read(sync(body))),
        new Verb("write", (runner, body) -> runner.write(sync(body))),
        new Verb(
            "writeFlow",
            (runner, body) -> runner.writeFlow(sync(tx -> TxOutcome.commit(body.run(tx))))),
        new Verb("callAsync", (runner, body) -> joined(runner.callAsync(body))),
        new Verb("readAsync", (runner, body) -> joined(runner.readAsync(body))),
        new Verb("writeAsync", (runner, body) -> joined(runner.writeAsync(body))),
        new Verb(
            "writeFlowAsync",
            (runner, body) -> joined(runner.writeFlowAsync(tx -> TxOutcome.commit(body.run(tx))))));
  }

  static Stream<Verb> writingVerbs() {
    return verbs().filter(verb -> verb.name().startsWith("write"));
  }

  @SuppressWarnings("unchecked")
  private static <T extends @Nullable Object> TxBody<T, Exception> sync(TxBody<T, ?> body) {
    return (TxBody<T, Exception>) body;
  }

  private static <T extends @Nullable Object> T joined(CompletableFuture<T> future)
      throws Exception {
    return Patience.get(future);
  }

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void a_body_answers_with_its_value(Verb verb) throws Exception {
    assertThat(verb.runs().run(belay.tx(), tx -> 42)).isEqualTo(42);
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void a_body_may_answer_null(Verb verb) throws Exception {
    assertThat(verb.runs().run(belay.tx(), tx -> null)).isNull();
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void an_exception_of_a_body_arrives_as_the_same_object(Verb verb) {
    for (Throwable thrown :
        List.of(
            new IOException("checked"),
            new IllegalStateException("unchecked"),
            new AssertionError("error"),
            new StackOverflowError("error of the machine"))) {
      Throwable caught =
          catchThrowable(
              () ->
                  verb.runs()
                      .run(
                          belay.tx(),
                          tx -> {
                            throw VerbsTest.<RuntimeException>sneaky(thrown);
                          }));

      if (verb.name().endsWith("Async")) {
        assertThat(caught).cause().isSameAs(thrown);
      } else {
        assertThat(caught).isSameAs(thrown);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void every_body_reads_through_a_handle(Verb verb) throws Exception {
    belay.useWrite(tx -> Notes.add(tx, "a"));

    assertThat(verb.runs().run(belay.tx(), Notes::all)).isEqualTo(List.of("a"));
  }

  @ParameterizedTest
  @MethodSource("writingVerbs")
  void the_writes_of_a_body_stay(Verb verb) throws Exception {
    Object ignored =
        verb.runs()
            .run(
                belay.tx(),
                tx -> {
                  Notes.add(tx, "a");
                  return null;
                });

    assertThat(ignored).isNull();
    assertThat(Notes.all(belay)).containsExactly("a");
  }

  @ParameterizedTest
  @MethodSource("writingVerbs")
  void nothing_stays_of_a_writing_body_that_throws(Verb verb) {
    Throwable caught =
        catchThrowable(
            () ->
                verb.runs()
                    .run(
                        belay.tx(),
                        tx -> {
                          Notes.add(tx, "a");
                          throw new IOException("no");
                        }));

    assertThat(caught).isNotNull();
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void a_flow_that_rolls_back_answers_with_its_value_and_leaves_nothing() throws Exception {
    TxBody<TxOutcome<String>, RuntimeException> body =
        tx -> {
          Notes.add(tx, "a");
          return TxOutcome.rollback("refused");
        };

    assertThat(belay.tx().writeFlow(body)).isEqualTo("refused");
    assertThat(joined(belay.tx().writeFlowAsync(body))).isEqualTo("refused");
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void a_flow_may_commit_and_roll_back_with_null() {
    assertThat(
            belay.tx().<@Nullable Object, RuntimeException>writeFlow(tx -> TxOutcome.commit(null)))
        .isNull();
    assertThat(
            belay
                .tx()
                .<@Nullable Object, RuntimeException>writeFlow(tx -> TxOutcome.rollback(null)))
        .isNull();
  }

  @Test
  @SuppressWarnings("NullAway") // the mistake under test
  void a_flow_without_an_outcome_is_refused_and_leaves_nothing() {
    assertThatNullPointerException()
        .isThrownBy(
            () ->
                belay
                    .tx()
                    .writeFlow(
                        tx -> {
                          Notes.add(tx, "a");
                          return null;
                        }));
    assertThat(Notes.all(belay)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("verbs")
  @SuppressWarnings("NullAway") // the mistake under test
  void no_body_is_refused(Verb verb) {
    if (!verb.name().startsWith("writeFlow")) { // whose body wraps the one that is missing
      assertThatNullPointerException().isThrownBy(() -> verb.runs().run(belay.tx(), null));
    }
  }

  @Test
  void bodies_without_a_value_read_and_write() throws IOException {
    belay.useWrite(tx -> Notes.add(tx, "a"));
    belay.useRead(tx -> assertThat(Notes.all(tx)).containsExactly("a"));

    IOException thrown = new IOException("no");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);
  }

  @Test
  void writing_in_a_read_is_refused_and_leaves_nothing() {
    assertThatExceptionOfType(StoreReadOnlyException.class)
        .isThrownBy(() -> belay.useRead(tx -> Notes.add(tx, "a")));
    assertThat(Notes.all(belay)).isEmpty();
    belay.useWrite(tx -> Notes.add(tx, "b"));
    assertThat(Notes.all(belay)).containsExactly("b");
  }

  @Test
  @Promised(Promise.CALL_COMMITS_EACH_STATEMENT)
  void a_call_commits_statement_by_statement() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                belay
                    .tx()
                    .call(
                        tx -> {
                          Notes.add(tx, "a");
                          assertThat(Notes.all(tx)).containsExactly("a");
                          throw new IllegalStateException("no");
                        }));
    assertThat(Notes.all(belay)).containsExactly("a");
  }

  @Test
  void a_statement_of_a_call_that_writes_is_committed_or_refused() {
    Throwable refused =
        catchThrowable(
            () ->
                belay
                    .tx()
                    .call(
                        tx -> {
                          Notes.add(tx, "a");
                          return 1;
                        }));

    if (store.promises(Promise.CALL_COMMITS_EACH_STATEMENT)) {
      assertThat(refused).isNull();
      assertThat(Notes.all(belay)).containsExactly("a");
    } else {
      assertThat(refused).isInstanceOf(StoreReadOnlyException.class);
      assertThat(Notes.all(belay)).isEmpty();
    }
  }

  @Test
  void a_call_begins_no_transaction_and_leaves_none_open() {
    List<Function<Tx, Object>> attempts =
        List.of(
            tx -> tx.handle().begin(),
            tx -> tx.handle().execute(store.form().sql(Sql.BEGIN)),
            tx -> tx.handle().inTransaction(handle -> 1),
            tx -> tx.handle().savepoint("mine"));
    for (Function<Tx, Object> attempt : attempts) {
      assertThatIllegalStateException().isThrownBy(() -> belay.tx().call(attempt::apply));
      belay.useWrite(tx -> assertThat(Notes.all(tx)).isEmpty());
    }
  }

  @Test
  void the_time_of_a_transaction_stands_still_and_has_no_fractions_of_a_millisecond() {
    clock.set(ManualClock.START.plusNanos(1_999_999));

    belay.useWrite(
        tx -> {
          assertThat(tx.now()).isEqualTo(ManualClock.START.plusMillis(1));
          clock.advance(Duration.ofHours(1));
          assertThat(tx.now()).isEqualTo(ManualClock.START.plusMillis(1));
        });
    belay.useRead(
        tx ->
            assertThat(tx.now())
                .isEqualTo(ManualClock.START.plus(Duration.ofHours(1)).plusMillis(1)));
  }

  @Test
  void futures_complete_on_callback_threads() throws Exception {
    for (Function<TxRunner, CompletableFuture<Object>> verb :
        List.<Function<TxRunner, CompletableFuture<Object>>>of(
            runner -> runner.callAsync(this::slowly),
            runner -> runner.readAsync(this::slowly),
            runner -> runner.writeAsync(this::slowly),
            runner -> runner.writeFlowAsync(tx -> TxOutcome.rollback(slowly(tx))))) {
      String thread =
          joined(verb.apply(belay.tx()).thenApply(value -> Thread.currentThread().getName()));
      assertThat(thread).startsWith("belay-callback");
    }
  }

  @Test
  void a_failed_future_completes_on_a_callback_thread() throws Exception {
    CompletableFuture<Object> failing =
        belay
            .tx()
            .writeAsync(
                tx -> {
                  slowly(tx);
                  throw new IOException("no");
                });

    String thread = joined(failing.handle((value, failure) -> Thread.currentThread().getName()));
    assertThat(thread).startsWith("belay-callback");
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(failing::join)
        .withCauseInstanceOf(IOException.class);
  }

  /** Slow enough that a stage is added to the future before its end. */
  private Object slowly(Tx tx) {
    return tx.handle().createQuery(store.form().sql(Sql.SLOW_QUERY)).mapTo(Integer.class).one();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
    throw (X) thrown;
  }
}

package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.Standstill;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: sharing a commit never shows. Method: the writer is held until all bodies stand in line, so
 * that with groups they share one transaction; one of them goes wrong, in every way there is; the
 * others must come out as they would have alone. With and without groups.
 */
@NullUnmarked // set up before each test
@ParameterizedClass
@ValueSource(ints = {1, 8, 64})
class CommitGroupContractTest {
  private static final int BODIES = 20;
  private static final int CULPRIT = 5;

  @Parameter int commitGroupMax;

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.on(SqliteEngine.FILE)
          .with(options -> options.withCommitGroupMax(commitGroupMax))
          .with(
              options ->
                  options.withConnection(
                      PlainSqlite.preparing(() -> "PRAGMA max_page_count = " + this.pagesMax)));

  private Path file;
  private Belay belay;
  private volatile long pagesMax = 1_000_000;
  private final Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
  private final List<String> hooks = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void open() throws SQLException {
    file = Path.of(store.address());
    belay = store.belay();
    SqliteNotes.create(belay);
  }

  @Test
  void all_bodies_that_wait_are_committed_in_order() throws Exception {
    List<CompletableFuture<String>> answers = runAll(tx -> "unused", TxOutcome::commit);

    for (int i = 0; i < BODIES; i++) {
      assertThat(answer(answers.get(i))).isEqualTo(i == CULPRIT ? "unused" : "answer " + i);
    }
    assertThat(SqliteNotes.all(file)).containsExactlyElementsOf(textsWithoutCulprit());
    assertThat(runs.values()).allSatisfy(count -> assertThat(count).hasValue(1));
    requireHooks(textsWithoutCulprit());
  }

  @Test
  void an_exception_undoes_the_body_that_threw_and_no_other() throws Exception {
    IOException thrown = new IOException("mine");

    Throwable failure =
        failureOfCulprit(
            tx -> {
              Notes.add(tx, "culprit");
              throw thrown;
            });

    assertThat(failure).isSameAs(thrown);
    assertThat(runs.get(CULPRIT)).as("runs of a body that threw").hasValue(1);
  }

  @Test
  void an_error_undoes_the_body_that_threw_and_no_other() throws Exception {
    AssertionError thrown = new AssertionError("mine");

    Throwable failure =
        failureOfCulprit(
            tx -> {
              tx.afterCommit(() -> hooks.add("culprit"));
              throw thrown;
            });

    assertThat(failure).isSameAs(thrown);
    assertThat(runs.get(CULPRIT)).hasValue(1);
  }

  @Test
  void a_rollback_undoes_the_body_that_chose_it_and_no_other() throws Exception {
    List<CompletableFuture<String>> answers =
        runAll(
            tx -> {
              Notes.add(tx, "culprit");
              tx.afterCommit(() -> hooks.add("culprit"));
              return "rolled back";
            },
            TxOutcome::rollback);

    assertThat(answer(answers.get(CULPRIT))).isEqualTo("rolled back");
    requireOthersUnharmed(answers);
    assertThat(runs.get(CULPRIT)).as("runs of a body that rolled back").hasValue(1);
  }

  @Test
  void a_violated_constraint_fails_the_body_that_violates_it_and_no_other() throws Exception {
    Throwable failure = failureOfCulprit(tx -> addedTwice(tx, "culprit"));

    assertThat(failure).isInstanceOf(JdbiException.class).isNotInstanceOf(StoreException.class);
    assertThat(runs.get(CULPRIT)).hasValue(1);
  }

  @Test
  void a_constraint_violated_at_the_commit_fails_its_body_and_no_other() throws Exception {
    belay.useWrite(
        tx ->
            tx.handle()
                .execute(
                    "CREATE TABLE child (parent INTEGER"
                        + " REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)"));
    Throwable failure =
        failureOfCulprit(
            tx -> {
              tx.afterCommit(() -> hooks.add("culprit"));
              tx.handle().execute("INSERT INTO child (parent) VALUES (4711)");
              return "never";
            });

    assertThat(failure).isInstanceOf(JdbiException.class).isNotInstanceOf(StoreException.class);
    assertThat(failure).hasStackTraceContaining("FOREIGN KEY");
    belay.useWrite(tx -> Notes.add(tx, "next"));
  }

  @Test
  void a_body_that_fills_the_disk_fails_and_no_other() throws Exception {
    limitPages(40);

    Throwable failure =
        failureOfCulprit(
            tx -> {
              tx.handle().execute("INSERT INTO note (text) VALUES (hex(zeroblob(400000)))");
              return "never";
            });

    assertThat(failure).isInstanceOf(StoreFullException.class);
    limitPages(1_000_000);
    belay.useWrite(tx -> Notes.add(tx, "next"));
  }

  @Test
  void a_batch_that_fills_the_disk_fails_and_no_other() throws Exception {
    limitPages(40);

    Throwable failure =
        failureOfCulprit(
            tx -> {
              var batch =
                  tx.handle().prepareBatch("INSERT INTO note (text) VALUES (hex(zeroblob(?)))");
              batch.bind(0, 10).add().bind(0, 400_000).add().bind(0, 11).add().execute();
              return "never";
            });

    assertThat(failure).isInstanceOf(StoreFullException.class);
  }

  @Test
  void a_body_that_swallows_a_full_disk_writes_nothing_more_and_is_told() throws Exception {
    limitPages(40);
    AtomicReference<Throwable> inside = new AtomicReference<>();

    Throwable failure =
        failureOfCulprit(
            tx -> {
              try {
                tx.handle().execute("INSERT INTO note (text) VALUES (hex(zeroblob(400000)))");
              } catch (StoreFullException e) {
                inside.set(e);
              }
              assertThatExceptionOfType(StoreFullException.class)
                  .isThrownBy(() -> Notes.add(tx, "stray"))
                  .isSameAs(inside.get());
              return "never";
            });

    assertThat(failure).isSameAs(inside.get());
  }

  @Test
  void a_flow_that_swallows_a_full_disk_may_still_roll_back() throws Exception {
    limitPages(40);

    List<CompletableFuture<String>> answers =
        runAll(
            tx -> {
              try {
                tx.handle().execute("INSERT INTO note (text) VALUES (hex(zeroblob(400000)))");
              } catch (StoreFullException e) {
                return "no room, then not";
              }
              return "never";
            },
            TxOutcome::rollback);

    assertThat(answer(answers.get(CULPRIT))).isEqualTo("no room, then not");
    requireOthersUnharmed(answers);
  }

  @Test
  void a_body_that_has_room_alone_never_fails_for_a_neighbour_that_takes_it() throws Exception {
    int pages = 100;
    limitPages(pages);
    // the text as hex digits, in the table and in its index: 6 of 10 pages for each of the two
    int bytes = pages * 4096 * 6 / 10 / 4;
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    try (Standstill standstill = Standstill.of(belay.tx())) {
      for (int i = 0; i < 2; i++) {
        answers.add(
            belay
                .tx()
                .writeFlowAsync(
                    tx ->
                        TxOutcome.rollback(
                            tx.handle()
                                .execute(
                                    "INSERT INTO note (text) VALUES (hex(randomblob(?)))",
                                    bytes))));
      }
      standstill.end();
    }

    assertThat(answers.get(0).get()).isEqualTo(1);
    assertThat(answers.get(1).get()).isEqualTo(1);
  }

  private interface Choice {
    TxOutcome<String> of(String value);
  }

  /** Runs {@link #BODIES} that stand in line together; the culprit among them is {@code body}. */
  private List<CompletableFuture<String>> runAll(TxBody<String, Exception> body, Choice choice) {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    try (Standstill standstill = Standstill.of(belay.tx())) {
      for (int i = 0; i < BODIES; i++) {
        int number = i;
        answers.add(
            belay
                .tx()
                .writeFlowAsync(
                    tx -> {
                      runs.computeIfAbsent(number, n -> new AtomicInteger()).incrementAndGet();
                      if (number == CULPRIT) {
                        return choice.of(body.run(tx));
                      }
                      Notes.add(tx, "text " + number);
                      tx.afterCommit(() -> hooks.add("text " + number));
                      return TxOutcome.commit("answer " + number);
                    }));
      }
      standstill.end();
    }
    return answers;
  }

  private Throwable failureOfCulprit(TxBody<String, Exception> body) throws Exception {
    List<CompletableFuture<String>> answers = runAll(body, TxOutcome::commit);
    requireOthersUnharmed(answers);
    try {
      throw new AssertionError("answered " + answer(answers.get(CULPRIT)));
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private void requireOthersUnharmed(List<CompletableFuture<String>> answers) throws Exception {
    for (int i = 0; i < BODIES; i++) {
      if (i != CULPRIT) {
        assertThat(answer(answers.get(i))).isEqualTo("answer " + i);
        assertThat(runs.get(i).get()).as("runs of body %s", i).isBetween(1, 2);
      }
    }
    assertThat(SqliteNotes.all(file)).containsExactlyInAnyOrderElementsOf(textsWithoutCulprit());
    requireHooks(SqliteNotes.all(file));
  }

  /** Every hook of a committed body has run, once; between bodies there is no order. */
  private void requireHooks(List<String> expected) throws Exception {
    Patience.until("the hooks", () -> hooks.size() >= expected.size());
    assertThat(hooks).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String answer(CompletableFuture<String> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return Patience.get(future);
  }

  private static List<String> textsWithoutCulprit() {
    return IntStream.range(0, BODIES)
        .filter(i -> i != CULPRIT)
        .mapToObj(i -> "text " + i)
        .collect(Collectors.toList());
  }

  private static String addedTwice(Tx tx, String text) {
    Notes.add(tx, text);
    Notes.add(tx, text);
    return "never";
  }

  /** Lets the file grow by {@code more} pages and no further. */
  private void limitPages(int more) {
    long pages =
        belay
            .tx()
            .<Long, RuntimeException>read(
                tx -> tx.handle().createQuery("PRAGMA page_count").mapTo(Long.class).one());
    pagesMax = pages + more;
    // a body that changes its connection costs it, and the next one is prepared with the limit
    belay.useWrite(tx -> tx.handle().execute("PRAGMA cache_size = 100"));
  }
}

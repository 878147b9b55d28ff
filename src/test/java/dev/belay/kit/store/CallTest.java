package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.store.StoreException;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: {@code call} keeps what it says, which is less than {@code write} does, and keeps nobody
 * waiting who needs no lock of it. Method: bodies outside any transaction that write, fail, and
 * stand still, beside other work.
 */
@NullUnmarked // set up before each test
@OnEachForm
class CallTest {
  @RegisterExtension
  final StoreExtension store =
      StoreExtension.onEachForm().with(options -> options.withBusyTimeout(Duration.ofMillis(400)));

  private Belay belay;

  @BeforeEach
  void open() {

    belay = store.belay();
    store.createNotes();
  }

  @Test
  @NeedsSharing
  void a_call_that_has_written_is_never_told_that_a_retry_is_safe() throws SQLException {
    try (Connection other = store.connect()) {
      for (List<String> statements :
          List.of(
              List.of("INSERT INTO note (text) VALUES ('a')"),
              List.of("CREATE TABLE a (x INTEGER)"),
              List.of("INSERT INTO note (text) VALUES ('b')", "SELECT 1"))) {
        Throwable failure =
            catchThrowable(
                () ->
                    belay
                        .tx()
                        .call(
                            tx -> {
                              statements.forEach(sql -> tx.handle().execute(sql));
                              hold(other, "c");
                              try {
                                return tx.handle().execute("INSERT INTO note (text) VALUES ('c')");
                              } finally {
                                other.rollback();
                              }
                            }));

        assertThat(failure).as("%s", statements).isInstanceOf(StoreException.class);
        assertThat(((StoreException) failure).isRetryable())
            .as("retryable, after %s", statements)
            .isFalse();
      }
    }
    assertThat(store.notes()).containsExactly("a", "b");
    store.checked().requireServing("calls that failed");
  }

  /** Adds a row and does not commit it, so that nobody else can add one with that text. */
  private static void hold(Connection other, String text) throws SQLException {
    other.setAutoCommit(false);
    try (Statement statement = other.createStatement()) {
      statement.execute("INSERT INTO note (text) VALUES ('" + text + "')");
    }
  }

  @Test
  void what_a_call_wrote_before_it_failed_stays_statement_by_statement() throws SQLException {
    IllegalArgumentException thrown = new IllegalArgumentException("mine");

    Throwable failure =
        catchThrowable(
            () ->
                belay
                    .tx()
                    .call(
                        tx -> {
                          Notes.add(tx, "stays");
                          throw thrown;
                        }));

    assertThat(failure).isSameAs(thrown);
    assertThat(store.notes()).containsExactly("stays");
    assertThat(Notes.all(belay)).containsExactly("stays");
  }

  @Test
  @NeedsSharing // what is private to its handle has one connection
  void a_call_that_stands_still_keeps_no_write_no_read_and_no_renewal_waiting() throws Exception {
    Duration ttl = Duration.ofSeconds(30);
    var lease = ((Granted) belay.leases().acquire("l", "me", ttl)).lease();
    CountDownLatch standing = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Boolean> call =
        belay
            .tx()
            .callAsync(
                tx -> {
                  standing.countDown();
                  return end.await(Patience.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
                });
    Standstill.await(standing);
    try {
      CompletableFuture<Void> write =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    Notes.add(tx, "beside");
                    return null;
                  });
      Patience.get(write);
      CompletableFuture<List<String>> read = belay.tx().readAsync(Notes::all);
      assertThat(Patience.get(read)).containsExactly("beside");
      assertThat(belay.leases().renew(lease, ttl).toString()).contains("Renewed");
    } finally {
      end.countDown();
    }
    assertThat(Patience.get(call)).isTrue();
  }

  @Test
  void a_call_that_leaves_a_transaction_open_is_told_and_leaves_none() {
    for (String begin : List.of("BEGIN", "SAVEPOINT s")) {
      Throwable failure =
          catchThrowable(
              () ->
                  belay
                      .tx()
                      .call(
                          tx -> {
                            tx.handle().getConnection().createStatement().execute(begin);
                            tx.handle().execute("INSERT INTO note (text) VALUES ('open')");
                            return true;
                          }));

      assertThat(failure).as(begin).isInstanceOf(Exception.class);
      store.checked().requireServing(begin);
      assertThat(Notes.all(belay)).as(begin).isEmpty();
    }
  }

  @Test
  void a_constraint_in_a_call_is_the_callers_mistake_and_no_operating_failure() {
    belay.useWrite(tx -> Notes.add(tx, "a"));

    Throwable failure =
        catchThrowable(
            () ->
                belay.tx().call(tx -> tx.handle().execute("INSERT INTO note (text) VALUES ('a')")));

    assertThat(failure).isInstanceOf(JdbiException.class).isNotInstanceOf(StoreException.class);
    store.checked().requireServing("a constraint");
  }
}

package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.testing.Checked;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.Standstill;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
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
class CallTest {
  private Path dir;

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.on(SqliteEngine.FILE)
          .with(options -> options.withBusyTimeout(Duration.ofMillis(400)));

  private Path file;
  private Belay belay;

  @BeforeEach
  void open() {
    dir = store.folder();
    file = Path.of(store.address());
    belay = store.belay();
    SqliteNotes.create(belay);
  }

  @Test
  void what_a_call_throws_reaches_its_caller_though_it_left_a_transaction_open() {
    IOException own = new IOException("mine");
    Throwable thrown =
        catchThrowable(
            () ->
                belay
                    .tx()
                    .call(
                        tx -> {
                          tx.handle().getConnection().setSavepoint();
                          throw own;
                        }));

    assertThat(thrown).isSameAs(own);
    assertThat(own.getSuppressed()).hasSize(1);
    assertThat(own.getSuppressed()[0]).hasMessageContaining("left a transaction open");
  }

  @Test
  void a_call_that_has_written_is_never_told_that_a_retry_is_safe() throws SQLException {
    try (Connection other = PlainSqlite.connect(file)) {
      for (List<String> statements :
          List.of(
              List.of("INSERT INTO note (text) VALUES ('a')"),
              List.of("CREATE TABLE a (x)"),
              List.of("INSERT INTO note (text) VALUES ('b')", "SELECT 1"))) {
        Throwable failure =
            catchThrowable(
                () ->
                    belay
                        .tx()
                        .call(
                            tx -> {
                              statements.forEach(sql -> tx.handle().execute(sql));
                              PlainSqlite.execute(other, "BEGIN IMMEDIATE");
                              try {
                                return tx.handle().execute("INSERT INTO note (text) VALUES ('c')");
                              } finally {
                                PlainSqlite.execute(other, "ROLLBACK");
                              }
                            }));

        assertThat(failure).as("%s", statements).isInstanceOf(StoreException.class);
        assertThat(((StoreException) failure).isRetryable())
            .as("retryable, after %s", statements)
            .isFalse();
      }
    }
    assertThat(SqliteNotes.all(file)).containsExactly("a", "b");
    new Checked(belay, file).requireServing("calls that failed");
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
    assertThat(SqliteNotes.all(file)).containsExactly("stays");
    assertThat(Notes.all(belay)).containsExactly("stays");
  }

  @Test
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
  void a_write_that_waits_for_a_call_which_holds_the_lock_does_not_time_out() throws Exception {
    try (LogProbe log = LogProbe.recording()) {
      writeBesideCall(log);
    }
  }

  private void writeBesideCall(LogProbe log) throws Exception {
    CountDownLatch holding = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Boolean> call =
        belay
            .tx()
            .callAsync(
                tx -> {
                  // one statement, so it holds the lock for as long as its row is in hand
                  var rows =
                      tx.handle()
                          .createQuery("INSERT INTO note (text) VALUES ('r'), ('s') RETURNING text")
                          .mapTo(String.class)
                          .iterator();
                  rows.next();
                  holding.countDown();
                  return end.await(Patience.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
                });
    Standstill.await(holding);
    CompletableFuture<Integer> write =
        belay
            .tx()
            .writeAsync(tx -> tx.handle().execute("INSERT INTO note (text) VALUES ('waited')"));
    // the warning comes once the write has waited for the busy timeout
    Patience.until("the wait is told of", () -> log.records() > 0);
    assertThat(write).isNotDone();
    end.countDown();

    assertThat(Patience.get(write)).isEqualTo(1);
    assertThat(Patience.get(call)).isTrue();
    assertThat(SqliteNotes.all(file)).contains("waited");
  }

  @Test
  void a_copy_made_in_a_call_is_whole_and_stops_no_later_write() throws SQLException {
    belay.useWrite(tx -> Notes.add(tx, "a"));
    Path copy = dir.resolve("copy.db");

    belay.tx().call(tx -> tx.handle().execute("VACUUM INTO ?", copy.toString()));

    assertThat(Files.exists(copy)).isTrue();
    assertThat(SqliteNotes.all(copy)).containsExactly("a");
    new Checked(belay, file).requireServing("VACUUM INTO");
  }

  @Test
  void a_call_that_leaves_a_transaction_open_is_told_and_leaves_none() {
    for (String begin : List.of("BEGIN", "BEGIN IMMEDIATE", "SAVEPOINT s")) {
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
      new Checked(belay, file).requireServing(begin);
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
    new Checked(belay, file).requireServing("a constraint");
  }
}

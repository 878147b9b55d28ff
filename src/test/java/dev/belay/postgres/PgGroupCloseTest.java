package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.engine.GroupVerbs;
import dev.belay.engine.GroupVerbs.Addition;
import dev.belay.engine.StoreEngine;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreClosedException;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: verbs that meet the end of their store, or of a connection, have an outcome. Method: calls
 * that wait for a lock while the store is closed; a driver that fails within an answer.
 */
class PgGroupCloseTest {
  private static final int CALLERS = 5;

  private String url;

  @BeforeEach
  void create() {
    url = Server.newStore();
  }

  @AfterEach
  void drop() {
    Server.drop(url);
  }

  @Test
  void a_verb_that_began_before_close_does_nothing_after_it() {
    StoreEngine engine =
        Postgres.open(url, TestOptions.defaults().withCommitGroupMax(1), Duration.ofSeconds(10));
    GroupVerbs groups = engine.groups();
    assertThat(groups.add(new Addition("q", null, "t", 0, 3, null, "p", 1))).isPositive();
    engine.close();

    assertThat(groups.add(new Addition("q", null, "t", 0, 3, null, "p", 1))).isZero();
  }

  @Test
  void a_store_that_is_closed_has_nothing_to_wait_for_when_it_is_closed_again() {
    Duration busyTimeout = Duration.ofMinutes(1);
    Belay belay =
        Belay.openPostgres(
            url, TestOptions.defaults().withCommitGroupMax(1).withBusyTimeout(busyTimeout));
    belay.close();

    long beginNanos = System.nanoTime();
    belay.close();

    assertThat(System.nanoTime() - beginNanos).isLessThan(busyTimeout.toNanos());
  }

  @Test
  void close_waits_for_the_verbs_that_have_begun() throws Exception {
    CountedSource source = CountedSource.of(url, connection -> {});
    Belay belay = Belay.openPostgres(source, TestOptions.defaults().withCommitGroupMax(1));
    List<FutureTask<Enqueued>> callers = new ArrayList<>();
    FutureTask<?> closing = new FutureTask<>(belay::close, null);
    Thread closer = new Thread(closing, "closer");
    try (Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE belay_work IN SHARE MODE");
      for (int i = 0; i < CALLERS; i++) {
        FutureTask<Enqueued> caller =
            new FutureTask<>(() -> belay.queue("q").enqueue(NewWork.of("p")));
        callers.add(caller);
        Thread thread = new Thread(caller, "caller");
        thread.start();
        if (i < PgGroupConnections.PLACES) {
          int sent = i + 1;
          Patience.until("it waits for the lock", () -> waitingForLock() == sent);
        } else {
          Patience.until(
              "it waits for a connection", () -> LockSupport.getBlocker(thread) instanceof PgGroup);
        }
      }
      closer.start();
      Patience.until(
          "close waits", () -> closing.isDone() || closer.getState() == Thread.State.TIMED_WAITING);
      assertThat(closing.isDone()).isFalse();
      other.rollback();
    }
    for (FutureTask<Enqueued> caller : callers) {
      assertThat(Patience.get(caller)).isInstanceOf(Enqueued.Added.class);
    }
    Patience.get(closing);
    assertThat(source.open()).as("%s", source.origins()).isZero();
    assertThatThrownBy(() -> belay.queue("q").enqueue(NewWork.of("p")))
        .isInstanceOf(StoreClosedException.class);
    assertThat(Server.query(url, "SELECT id FROM belay_work")).hasSize(CALLERS);
  }

  private int waitingForLock() {
    return Server.query(
            url,
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                + " AND query LIKE '%belay_work_payload%' AND pid <> pg_backend_pid()")
        .size();
  }

  @ParameterizedTest(name = "{0} reads fail")
  @ValueSource(ints = {1, 2})
  void an_error_within_an_answer_reaches_no_later_call(int failures) {
    String failing = url + "&socketFactory=" + FailingSockets.class.getName();
    try (Belay belay = Belay.openPostgres(failing, TestOptions.defaults().withCommitGroupMax(1))) {
      enqueueWithEachConnection(belay);
      FailingSockets.failAfter("INSERT INTO belay_work_payload", failures);
      assertThatThrownBy(() -> belay.queue("q").enqueue(NewWork.of("p")))
          .isInstanceOf(CommitUnknownException.class)
          .hasRootCauseInstanceOf(StackOverflowError.class);
      FailingSockets.failNoMore();
      enqueueWithEachConnection(belay);
      enqueueWithEachConnection(belay);

      Patience.until(
          "the server has done what it was sent",
          () -> belay.queue("q").stats().ready() == 3 * PgGroupConnections.PLACES + 1);
    }
  }

  private static void enqueueWithEachConnection(Belay belay) {
    for (int i = 0; i < PgGroupConnections.PLACES; i++) {
      assertThat(belay.queue("q").enqueue(NewWork.of("p"))).isInstanceOf(Enqueued.Added.class);
    }
  }
}

package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.engine.line.Callbacks;
import dev.belay.postgres.PgGroup.Members;
import dev.belay.store.CommitUnknownException;
import dev.belay.testing.Patience;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a caller of a group is told what happened to its member, and waits for nothing else,
 * whatever becomes of the calls of others. Method: groups of numbers, whose calls stop where the
 * test says, on real connections that are counted.
 */
class PgGroupCallTest {
  private static final int CALL_BYTES = 1 << 20;

  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch holding = new CountDownLatch(PgGroupConnections.PLACES);
  private final List<CountDownLatch> holds = List.of(new CountDownLatch(1), new CountDownLatch(1));
  private PgGroupConnections connections;
  private PgGroup<Integer, Integer> held;

  @BeforeEach
  void create() {
    PgFailures errors = new PgFailures("test");
    connections =
        new PgGroupConnections(
            new PgParts(
                PgGroupCallTest.this::connect,
                errors,
                PgBegin.of("pg_catalog", 10_000, true, false),
                null,
                new Callbacks(),
                new PgClock(),
                null,
                0,
                () -> {},
                null));
    held =
        group(
            one -> CALL_BYTES,
            one -> {
              holding.countDown();
              await(holds.get(one));
            },
            row -> {});
  }

  @AfterEach
  void close() {
    holds.forEach(CountDownLatch::countDown);
    connections.close();
  }

  private interface Step {
    void at(int member) throws SQLException;
  }

  /** A group of numbers. {@code filled} is told the first of each call, {@code read} each row's. */
  private PgGroup<Integer, Integer> group(ToLongFunction<Integer> bytes, Step filled, Step read) {
    return new PgGroup<>(
        connections,
        "SELECT ord FROM unnest(?) WITH ORDINALITY AS m(number, ord)",
        (call, members, results) -> {
          filled.at(members.get(0));
          call.add("bigint", members, one -> (long) one);
          return row -> {
            int member = row.getInt(1) - 1;
            read.at(members.get(member));
            results.set(member, members.get(member));
          };
        },
        new Members<>(one -> one, bytes));
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(Server.url());
    open.incrementAndGet();
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "isValid" -> asked.incrementAndGet();
                case "close" -> open.decrementAndGet();
                default -> {}
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void await(CountDownLatch latch) {
    try {
      Patience.await(latch);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A caller on a thread of its own. */
  private static final class Caller {
    private final FutureTask<Integer> result;
    private final Thread thread;
    private volatile boolean flagged;

    Caller(PgGroup<Integer, Integer> group, int member) {
      result =
          new FutureTask<>(
              () -> {
                try {
                  return group.call(member);
                } finally {
                  flagged = Thread.currentThread().isInterrupted();
                }
              });
      thread = new Thread(result, "caller " + member);
      thread.setDaemon(true);
      thread.start();
    }

    /** One that waits, because all connections are away. */
    static Caller waiting(PgGroup<Integer, Integer> group, int member) {
      Caller caller = new Caller(group, member);
      Patience.until("it waits", () -> LockSupport.getBlocker(caller.thread) == group);
      return caller;
    }

    Integer result() throws Exception {
      return Patience.get(result);
    }
  }

  /** Takes all connections; each comes back when its latch opens. */
  private List<Caller> hold() throws Exception {
    Caller first = new Caller(held, 0);
    Patience.until("the first is sent", () -> holding.getCount() == 1);
    Caller second = new Caller(held, 1);
    Patience.await(holding);
    return List.of(first, second);
  }

  @Test
  void an_interrupt_withdraws_a_caller_that_no_call_has_taken() throws Exception {
    List<Caller> holders = hold();
    Caller waiting = Caller.waiting(group(one -> 1, one -> {}, one -> {}), 7);

    waiting.thread.interrupt();

    assertThat(waiting.result()).as("nothing has happened").isNull();
    assertThat(waiting.flagged).isTrue();
    holds.forEach(CountDownLatch::countDown);
    assertThat(holders.get(1).result()).isEqualTo(1);
  }

  @Test
  void a_group_that_waits_is_woken_for_each_connection_that_is_idle() {
    Waiters first = new Waiters();
    Waiters second = new Waiters();
    Waiters none = new Waiters();
    none.waits = false;
    PgGroupConnections.Place one = connections.tryTake(none);
    PgGroupConnections.Place other = connections.tryTake(none);
    assertThat(connections.tryTake(first)).isNull();
    assertThat(connections.tryTake(second)).isNull();
    connections.give(one, none);
    connections.give(other, none); // both wake the first
    assertThat(second.woken).isZero();

    assertThat(connections.tryTake(first)).isNotNull();

    assertThat(second.woken).isPositive();
  }

  /** A group that counts how often its first caller is woken. */
  private static final class Waiters implements PgGroupConnections.Group {
    private boolean waits = true;
    private int woken;

    @Override
    public boolean wakesFirst() {
      woken++;
      return waits;
    }

    @Override
    public void wakesAll() {
      woken++;
    }
  }

  @Test
  void what_a_full_call_leaves_does_not_wait_for_its_answer() throws Exception {
    List<Caller> holders = hold();
    CountDownLatch both = new CountDownLatch(2);
    PgGroup<Integer, Integer> large =
        group(
            one -> CALL_BYTES,
            one -> {
              both.countDown();
              await(both);
            },
            one -> {});
    Caller first = Caller.waiting(large, 7);
    Caller second = Caller.waiting(large, 8);

    holds.get(0).countDown();
    assertThat(holders.get(0).result()).isZero();
    Patience.until("the first is sent", () -> both.getCount() == 1);
    holds.get(1).countDown();

    assertThat(first.result()).isEqualTo(7);
    assertThat(second.result()).isEqualTo(8);
  }

  @Test
  void members_of_different_calls_are_never_in_one() throws Exception {
    List<Caller> holders = hold();
    Queue<List<Integer>> calls = new ConcurrentLinkedQueue<>();
    PgGroup<Integer, Integer> parities =
        new PgGroup<>(
            connections,
            "SELECT ord FROM unnest(?) WITH ORDINALITY AS m(number, ord)",
            (call, members, results) -> {
              calls.add(members);
              call.add("bigint", members, one -> (long) one);
              return row -> results.set(row.getInt(1) - 1, members.get(row.getInt(1) - 1));
            },
            new Members<>(one -> one % 2, one -> one, one -> 1));
    List<Caller> callers = new ArrayList<>();
    for (int i = 4; i < 8; i++) {
      callers.add(Caller.waiting(parities, i));
    }

    holds.get(0).countDown();

    for (int i = 4; i < 8; i++) {
      assertThat(callers.get(i - 4).result()).isEqualTo(i);
    }
    assertThat(calls).containsExactly(List.of(4, 6), List.of(5, 7));
    holds.get(1).countDown();
    assertThat(holders.get(1).result()).isEqualTo(1);
  }

  @Test
  void a_failure_while_members_are_taken_leaves_none_waiting() throws Exception {
    List<Caller> holders = hold();
    PgGroup<Integer, Integer> group =
        group(
            one -> {
              if (one == 9) {
                throw new OutOfMemoryError("test");
              }
              return 1;
            },
            one -> {},
            one -> {});
    Caller first = Caller.waiting(group, 7);
    Caller second = Caller.waiting(group, 8);
    Caller failing = Caller.waiting(group, 9);

    holds.get(0).countDown();

    assertThatThrownBy(first::result).hasCauseInstanceOf(OutOfMemoryError.class);
    assertThat(second.result()).as("nothing has happened").isNull();
    assertThatThrownBy(failing::result).hasCauseInstanceOf(OutOfMemoryError.class);
    holds.get(1).countDown();
    assertThat(holders.get(1).result()).isEqualTo(1);
    assertThat(group.call(7)).isEqualTo(7);
  }

  @Test
  void a_failure_of_the_driver_after_the_commit_is_an_unknown_commit_for_every_member()
      throws Exception {
    hold();
    SQLException failure = new SQLException("no memory for the answer", "53200");
    PgGroup<Integer, Integer> group =
        group(
            one -> 1,
            one -> {},
            one -> {
              throw failure;
            });
    List<Caller> callers = List.of(Caller.waiting(group, 7), Caller.waiting(group, 8));

    holds.forEach(CountDownLatch::countDown);

    for (Caller caller : callers) {
      assertThatThrownBy(caller::result)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(CommitUnknownException.class)
          .hasRootCause(failure);
    }
  }

  @Test
  void a_call_that_the_server_refuses_has_not_lasted_and_costs_no_connection() {
    PgGroup<Integer, Integer> refused =
        new PgGroup<>(
            connections,
            "SELECT 1 / (? - 1)",
            (call, members, results) -> {
              call.addLong(1);
              return row -> results.set(0, 1);
            },
            new Members<>(one -> one, one -> 1));

    for (int i = 0; i < 5; i++) {
      assertThat(refused.call(i)).isNull();
    }
    assertThat(open).hasValue(PgGroupConnections.PLACES);
  }

  @Test
  void callers_that_wait_when_the_store_is_closed_end_and_no_connection_is_left() throws Exception {
    List<Caller> holders = hold();
    Caller waiting = Caller.waiting(group(one -> 1, one -> {}, one -> {}), 7);

    connections.close();

    assertThat(waiting.result()).as("nothing has happened").isNull();
    assertThat(group(one -> 1, one -> {}, one -> {}).call(8)).isNull();
    holds.forEach(CountDownLatch::countDown);
    assertThat(holders.get(0).result()).isZero();
    assertThat(holders.get(1).result()).isEqualTo(1);
    assertThat(open).hasValue(0);
  }

  @Test
  void a_connection_is_not_asked_whether_it_is_alive_right_after_a_long_call() {
    PgGroup<Integer, Integer> slow =
        new PgGroup<>(
            connections,
            "SELECT 1 FROM (SELECT pg_sleep(?::bigint * 0.03)) AS slept",
            (call, members, results) -> {
              call.addLong(1);
              return row -> results.set(0, 1);
            },
            new Members<>(one -> one, one -> 1));
    PgGroupConnections.Place away = connections.tryTake(slow); // so all calls are on the other
    assertThat(slow.call(1)).isEqualTo(1);
    Patience.until( // within 10 ms, which a busy machine may not do at once
        "a call follows before which nothing is asked",
        () -> {
          int before = asked.get();
          slow.call(1);
          return asked.get() == before;
        });
    connections.give(away, slow);
  }
}

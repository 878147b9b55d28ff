package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.line.FaultPoints.Point;
import dev.belay.engine.line.Request;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.testing.Effort;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import dev.belay.testing.TestSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whatever is thrown where, every request has an answer, the answer agrees with the file, and
 * the store goes on.
 *
 * <p>Method: at each point of the engine an error strikes once, for each kind of error, each way to
 * ask, one request and four together, each verb, on a file and in memory. The store is the same for
 * all that strikes, so that what one leaves behind meets the next. A usual run walks each third
 * case.
 */
class FaultMatrixTest {
  /** In this order each third case still meets every point, verb, way and size. */
  private static final int STEP = Effort.of(3, 1);

  private static final int GROUP = 4;

  /** An error that no library has foreseen. */
  private static final class Dying extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final List<Supplier<? extends Throwable>> ERRORS =
      List.of(
          () -> new StackOverflowError("struck"),
          () -> new OutOfMemoryError("struck"),
          () -> new IllegalStateException("struck"),
          Dying::new);

  private enum Way {
    SERVES_ITSELF,
    IN_LINE,
    ASYNC
  }

  private enum Verb {
    WRITE,
    READ,
    CALL
  }

  /** One request and its answer. */
  private record Asked(String text, CompletableFuture<Integer> answer) {}

  private final Logger logger = Logger.getLogger("dev.belay");

  @TempDir Path dir;
  private final Strike strike = new Strike();
  private final Map<String, Integer> hooks = new ConcurrentHashMap<>();
  private final Set<String> kept = new HashSet<>();
  private final List<ExecutorService> callers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private Thread.UncaughtExceptionHandler before;
  private final List<Asked> asked = new ArrayList<>();
  private final List<AssertionError> wrong = new ArrayList<>();
  private final Set<Point> met = EnumSet.noneOf(Point.class);
  private int round;

  @BeforeEach
  void startCallers() {
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
    logger.setUseParentHandlers(false); // hundreds of stack traces that are meant
    for (int i = 0; i < GROUP; i++) {
      callers.add(
          Executors.newSingleThreadExecutor(
              task -> {
                Thread thread = new Thread(task, "caller");
                thread.setDaemon(true);
                threads.add(thread);
                return thread;
              }));
      CompletableFuture.runAsync(() -> {}, callers.get(i)).join();
    }
  }

  @AfterEach
  void stopCallers() {
    Thread.setDefaultUncaughtExceptionHandler(before);
    logger.setUseParentHandlers(true);
    callers.forEach(ExecutorService::shutdownNow);
  }

  @Test
  void in_a_file_every_request_is_answered_truly_and_the_store_goes_on() throws Exception {
    Path file = dir.resolve("belay.db");
    try (SqliteStore store = Sqlite.open(file, settings(), strike);
        Connection plain = PlainSqlite.connect(file)) {
      store.useWrite(tx -> tx.handle().execute("CREATE TABLE t (text TEXT PRIMARY KEY)"));
      walk(
          store,
          EnumSet.allOf(Point.class),
          () -> rows(plain),
          () -> PlainSqlite.execute(plain, "BEGIN IMMEDIATE", "COMMIT"));
    }
  }

  @Test
  void in_memory_every_request_is_answered_truly_and_nothing_is_lost() throws Exception {
    try (SqliteStore store = Sqlite.openInMemory(settings(), strike)) {
      store.useWrite(tx -> tx.handle().execute("CREATE TABLE t (text TEXT PRIMARY KEY)"));
      walk(
          store,
          EnumSet.complementOf(EnumSet.of(Point.OPENS, Point.CLOSES)),
          () -> store.read(FaultMatrixTest::rows),
          () -> {});
    }
  }

  private static OpenSettings settings() {
    return TestSettings.of(200, TestOptions.defaults().withCommitGroupMax(64).withReaders(1));
  }

  private interface Rows {
    Set<String> get() throws SQLException;
  }

  private interface Check {
    void run() throws SQLException;
  }

  private void walk(SqliteStore store, Set<Point> points, Rows rows, Check unlocked)
      throws Exception {
    int cases = 0;
    for (Point point : points) {
      for (Verb verb : Verb.values()) {
        for (Way way : Way.values()) {
          for (int size = 1; size <= (way == Way.SERVES_ITSELF ? 1 : GROUP); size += GROUP - 1) {
            for (int i = 0; i < Effort.of(1, ERRORS.size()); i++) {
              if (cases++ % STEP == 0) {
                strikeAndCheck(store, point, verb, way, size, rows, unlocked);
              }
            }
          }
        }
      }
    }
    Patience patience = Patience.begin();
    for (Point point : points) { // a thread that is slow to leave keeps another from some
      Way way =
          point == Point.WORKS || point == Point.LINES_UP_AGAIN ? Way.ASYNC : Way.SERVES_ITSELF;
      while (!met.contains(point)) {
        patience.check(() -> point + " is met");
        int size = way == Way.ASYNC ? GROUP : 1;
        strikeAndCheck(store, point, Verb.WRITE, way, size, rows, unlocked);
      }
    }
    assertThat(wrong).isEmpty();
    Patience.until("hooks of what is kept", () -> hooks.keySet().equals(kept));
    assertThat(hooks.values()).containsOnly(1);
  }

  private void strikeAndCheck(
      SqliteStore store, Point point, Verb verb, Way way, int size, Rows rows, Check unlocked)
      throws Exception {
    round++;
    Supplier<? extends Throwable> error = ERRORS.get(round % ERRORS.size());
    String what = point + " " + verb + " " + way + " of " + size + " " + error.get();
    try {
      strikeOnce(store, point, verb, way, size, error);
      check(verb, store, rows, unlocked);
    } catch (AssertionError | RuntimeException | ExecutionException e) {
      wrong.add(new AssertionError("round " + round + ": " + what, e));
    }
  }

  private void strikeOnce(
      SqliteStore store,
      Point point,
      Verb verb,
      Way way,
      int size,
      Supplier<? extends Throwable> error)
      throws Exception {
    asked.clear();
    Point[] script = script(point);
    if (way == Way.SERVES_ITSELF) {
      strike.arm(error, 0, script);
      asked.add(ask(store, verb, way, 0));
    } else {
      CountDownLatch started = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      CompletableFuture<Integer> holder =
          async(
              store,
              verb,
              tx -> {
                started.countDown();
                Patience.await(end);
                return 0;
              });
      Patience.await(started);
      for (int i = 0; i < size; i++) {
        asked.add(ask(store, verb, way, i));
      }
      long grown = System.nanoTime() + 6_000_000; // older than a group that takes in others
      while (System.nanoTime() < grown) {
        Thread.onSpinWait();
      }
      // the holder meets the points after a body too, but it is not what is to be struck
      strike.arm(error, isAfterBodies(point) ? 1 : 0, script);
      end.countDown();
      outcome(holder);
    }
    for (Asked one : asked) {
      outcome(one.answer());
    }
    if (strike.disarm() == script.length) {
      met.add(point);
    }
  }

  private static boolean isAfterBodies(Point point) {
    return point.compareTo(Point.BODY_ENDED) >= 0
        && point != Point.DISCARDS
        && point != Point.CLOSES
        && point != Point.DISOWNS;
  }

  /** Some points are met only after something else went wrong. */
  private static Point[] script(Point point) {
    return switch (point) {
      case OPENS, DISCARDS, CLOSES -> new Point[] {Point.BODY_STARTS, point};
      case LINES_UP_AGAIN -> new Point[] {Point.COMMITS, point};
      case DISOWNS -> new Point[] {point, point};
      default -> new Point[] {point};
    };
  }

  private Asked ask(SqliteStore store, Verb verb, Way way, int number) {
    String text = round + "-" + number;
    TxBody<Integer, RuntimeException> body =
        tx -> {
          if (verb != Verb.READ) {
            tx.handle().execute("INSERT INTO t VALUES (?)", text);
          }
          if (verb == Verb.WRITE) {
            tx.afterCommit(() -> hooks.merge(text, 1, Integer::sum));
          }
          return number;
        };
    if (way == Way.ASYNC) {
      return new Asked(text, async(store, verb, body));
    }
    Executor caller = callers.get(number);
    CompletableFuture<Integer> answer =
        CompletableFuture.supplyAsync(() -> sync(store, verb, body), caller);
    if (way == Way.IN_LINE) {
      Thread thread = threads.get(number);
      Patience.until("in line", () -> LockSupport.getBlocker(thread) instanceof Request);
    }
    return new Asked(text, answer);
  }

  private static Integer sync(
      SqliteStore store, Verb verb, TxBody<Integer, RuntimeException> body) {
    return switch (verb) {
      case WRITE -> store.write(body);
      case READ -> store.read(body);
      case CALL -> store.call(body);
    };
  }

  private static CompletableFuture<Integer> async(
      SqliteStore store, Verb verb, TxBody<Integer, ?> body) {
    return switch (verb) {
      case WRITE -> store.writeAsync(body);
      case READ -> store.readAsync(body);
      case CALL -> store.callAsync(body);
    };
  }

  private static @Nullable Throwable outcome(CompletableFuture<Integer> answer) throws Exception {
    try {
      Integer unused = Patience.get(answer);
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private void check(Verb verb, SqliteStore store, Rows rows, Check unlocked) throws Exception {
    List<String> acknowledged = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (Asked one : asked) {
      Throwable failure = outcome(one.answer());
      if (failure == null) {
        acknowledged.add(one.text());
      } else if (!(failure instanceof CommitUnknownException)) {
        assertThat(failure)
            .matches(
                thrown ->
                    "struck".equals(thrown.getMessage())
                        || thrown instanceof Dying
                        || thrown instanceof StoreException);
        refused.add(one.text());
      }
    }
    String after = round + "-after";
    store.useWrite(tx -> tx.handle().execute("INSERT INTO t VALUES (?)", after));
    CompletableFuture<Set<String>> seen = store.readAsync(FaultMatrixTest::rows);
    assertThat(Patience.get(seen)).contains(after);
    assertThat(store.<Integer, RuntimeException>call(tx -> 1)).isEqualTo(1);
    unlocked.run();

    Set<String> found = rows.get();
    if (verb == Verb.WRITE) {
      assertThat(found).containsAll(acknowledged);
      assertThat(refused).noneMatch(found::contains);
    } else if (verb == Verb.CALL) {
      assertThat(found).containsAll(acknowledged);
    }
    assertThat(found).containsAll(kept);
    if (verb == Verb.WRITE) {
      kept.addAll(acknowledged);
    }
  }

  private static Set<String> rows(Tx tx) {
    return tx.handle().createQuery("SELECT text FROM t").mapTo(String.class).set();
  }

  private static Set<String> rows(Connection plain) throws SQLException {
    Set<String> texts = new HashSet<>();
    try (Statement statement = plain.createStatement();
        ResultSet row = statement.executeQuery("SELECT text FROM t")) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    return texts;
  }
}

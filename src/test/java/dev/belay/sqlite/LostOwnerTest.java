package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.engine.line.FaultPoints.Point;
import dev.belay.engine.line.LineGuard;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.LogProbe;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.Standstill;
import dev.belay.testing.TestOptions;
import dev.belay.testing.TestSettings;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a connection never stays with a thread that will not give it back, and never leaves one
 * that will.
 */
class LostOwnerTest {
  private static final int WARN_MS = 100;
  private static final int LOOKS = 5;

  /** More than a stack trace holds. */
  private static final int DEEP = 3_000;

  private final Logger logger = Logger.getLogger("dev.belay");

  @TempDir Path dir;
  private final Strike strike = new Strike();
  private final BlockingQueue<CompletableFuture<Integer>> others = new LinkedBlockingQueue<>();
  private final AtomicBoolean opens = new AtomicBoolean();
  private Path file;
  private SqliteStore store;
  private Thread.UncaughtExceptionHandler before;

  @BeforeEach
  void open() {
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
    logger.setUseParentHandlers(false); // hundreds of stack traces that are meant
    file = dir.resolve("belay.db");
    store = Sqlite.open(file, settings(WARN_MS), this::reach);
    store.useWrite(LostOwnerTest::create);
  }

  @AfterEach
  void close() {
    store.close();
    Thread.setDefaultUncaughtExceptionHandler(before);
    logger.setUseParentHandlers(true);
  }

  private void reach(Point point) {
    if (point == Point.OPENS) {
      opens.set(true);
    }
    strike.reach(point);
  }

  private static OpenSettings settings(int busyTimeoutMs) {
    return TestSettings.of(
        busyTimeoutMs, TestOptions.defaults().withClock(new ManualClock()).withCommitGroupMax(64));
  }

  private static void create(Tx tx) {
    tx.handle().execute("CREATE TABLE t (x INTEGER)");
    add(tx);
  }

  private static int add(Tx tx) {
    return tx.handle().execute("INSERT INTO t VALUES (1)");
  }

  private static int count(SqliteStore store) {
    return store.<Integer, RuntimeException>read(
        tx -> tx.handle().createQuery("SELECT count(*) FROM t").mapTo(Integer.class).one());
  }

  /** What strikes once for each attempt to give the connection back. */
  private void armDisowning() {
    strike.arm(() -> new StackOverflowError("struck"), 0, Point.DISOWNS, Point.DISOWNS);
  }

  @Test
  void a_thread_that_died_as_the_owner_of_a_connection_is_replaced() throws Exception {
    armDisowning();
    Thread dying = new Thread(() -> store.useWrite(LostOwnerTest::add));
    dying.start();
    Patience.join(dying);
    assertThat(strike.disarm()).isEqualTo(2);

    assertThat(Patience.get(store.writeAsync(LostOwnerTest::add))).isEqualTo(1);
    assertThat(count(store)).isEqualTo(3);
  }

  @Test
  void a_store_in_memory_keeps_its_data_when_the_owner_of_its_connection_died() throws Exception {
    try (SqliteStore memory = Sqlite.openInMemory(settings(WARN_MS), strike)) {
      memory.useWrite(LostOwnerTest::create);
      armDisowning();
      Thread dying = new Thread(() -> memory.useWrite(LostOwnerTest::add));
      dying.start();
      Patience.join(dying);
      assertThat(strike.disarm()).isEqualTo(2);

      assertThat(Patience.get(memory.writeAsync(LostOwnerTest::add))).isEqualTo(1);
      assertThat(count(memory)).isEqualTo(3);
    }
  }

  @Test
  void a_worker_that_dies_as_the_owner_is_replaced_while_others_stand_in_line() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Integer> first =
        store.callAsync(
            tx -> {
              started.countDown();
              Patience.await(end);
              return 1;
            });
    Patience.await(started);
    armDisowning();
    end.countDown();
    assertThat(Patience.get(first)).isEqualTo(1);
    Patience.until("the owner is lost", () -> strike.left() == 0);

    CompletableFuture<Integer> second = store.callAsync(tx -> 2);
    assertThat(Patience.get(second)).isEqualTo(2);
  }

  @Test
  void an_owner_that_an_error_unwound_past_its_frames_is_served_when_it_calls_again() {
    try (SqliteStore patient = Sqlite.open(dir.resolve("other.db"), settings(60_000), strike)) {
      patient.useWrite(LostOwnerTest::create);
      for (int i = 0; i < 20; i++) {
        armDisowning();
        patient.useWrite(LostOwnerTest::add);
        assertThat(strike.disarm()).isEqualTo(2);
      }

      assertThat(patient.<Integer, RuntimeException>write(LostOwnerTest::add)).isEqualTo(1);
      assertThat(count(patient)).isEqualTo(22);
    }
  }

  @Test
  void a_deep_stack_inside_a_body_does_not_hide_that_it_is_one() {
    int added = store.write(tx -> deep(DEEP, () -> refusedThenAdds(tx)));

    assertThat(added).isEqualTo(1);
    assertThat(count(store)).isEqualTo(2);
  }

  private int refusedThenAdds(Tx tx) {
    assertThatIllegalStateException()
        .isThrownBy(() -> store.useWrite(LostOwnerTest::add))
        .withMessageContaining("inside a body");
    return add(tx);
  }

  @Test
  void a_thread_that_is_closing_a_connection_has_not_left_it() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    SqliteStore slow =
        Sqlite.open(
            dir.resolve("slow.db"),
            settings(WARN_MS),
            point -> {
              if (point == Point.CLOSES) {
                closing.countDown();
                Standstill.await(go);
              }
            });
    Thread closer = new Thread(slow::close);
    closer.start();
    Patience.await(closing);
    try {
      assertThat(LineGuard.hasLeft(closer)).isFalse();
    } finally {
      go.countDown();
      Patience.join(closer);
    }
  }

  @Test
  void a_long_body_deep_in_its_stack_keeps_its_connection_while_others_wait() throws Exception {
    try (LogProbe log = LogProbe.recording()) {
      AtomicReference<@Nullable CompletableFuture<Integer>> behind = new AtomicReference<>();
      int added =
          store.write(
              tx ->
                  deep(
                      DEEP,
                      () -> {
                        CompletableFuture<CompletableFuture<Integer>> asked =
                            CompletableFuture.supplyAsync(
                                () -> store.writeAsync(LostOwnerTest::add), LaterThreads.EACH);
                        behind.set(asked.join());
                        Patience.until("the guard has looked", () -> !named(log).isEmpty());
                        return add(tx);
                      }));

      assertThat(added).isEqualTo(1);
      CompletableFuture<Integer> waiting = behind.get();
      assertThat(waiting).isNotNull();
      assertThat(Patience.get(waiting)).isEqualTo(1);
      assertThat(count(store)).isEqualTo(3);
      assertThat(log.errors()).isEmpty();
    }
  }

  private interface Deep {
    int run();
  }

  private static int deep(int frames, Deep bottom) {
    return run(frames, bottom);
  }

  /** By the name of what threads begin with: a trace that was cut may end here. */
  private static int run(int frames, Deep bottom) {
    return frames == 0 ? bottom.run() : run(frames - 1, bottom);
  }

  @Test
  void a_body_that_waits_for_a_thread_that_needs_the_store_is_named_in_one_warning()
      throws Exception {
    for (boolean async : new boolean[] {false, true}) {
      try (LogProbe log = LogProbe.recording()) {
        CountDownLatch end = new CountDownLatch(1);
        Thread body =
            new Thread(() -> store.useWrite(tx -> waitsForOther(tx, end, async)), "named");
        body.start();
        Patience.until("a warning", () -> !named(log).isEmpty());
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos((long) LOOKS * WARN_MS));
        end.countDown();
        Patience.join(body);
        CompletableFuture<Integer> other = Patience.take(others);
        assertThat(Patience.get(other)).isEqualTo(1);

        assertThat(named(log))
            .singleElement()
            .asString()
            .contains(file.toString(), "requests are waiting in line", "\tat ", "waitsForOther")
            .containsAnyOf("thread named ", "thread belay-writer ")
            .doesNotContain("payload");
      }
    }
    assertThat(count(store)).isEqualTo(5);
  }

  private void waitsForOther(Tx tx, CountDownLatch end, boolean async) {
    tx.handle().execute("INSERT INTO t VALUES (length(?))", "payload");
    CompletableFuture<CompletableFuture<Integer>> other =
        CompletableFuture.supplyAsync(
            () ->
                async
                    ? store.writeAsync(LostOwnerTest::add)
                    : CompletableFuture.completedFuture(
                        store.<Integer, RuntimeException>write(LostOwnerTest::add)),
            LaterThreads.EACH);
    others.add(other.thenCompose(answer -> answer));
    Standstill.await(end);
  }

  @Test
  void several_slow_bodies_are_named_once_each() throws Exception {
    try (LogProbe log = LogProbe.recording()) {
      CountDownLatch started = new CountDownLatch(4);
      CountDownLatch end = new CountDownLatch(1);
      CompletableFuture<?>[] slow = new CompletableFuture<?>[4];
      for (int i = 0; i < slow.length; i++) {
        slow[i] =
            store.readAsync(
                tx -> {
                  started.countDown();
                  Patience.await(end);
                  return 1;
                });
      }
      Patience.await(started);
      CompletableFuture<Integer> behind = store.readAsync(tx -> 2);
      Patience.until("warnings", () -> named(log).size() >= slow.length);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos((long) LOOKS * WARN_MS));
      end.countDown();

      assertThat(Patience.get(behind)).isEqualTo(2);
      Object unused = Patience.get(CompletableFuture.allOf(slow).thenApply(none -> 1));
      assertThat(named(log)).hasSize(slow.length).doesNotHaveDuplicates();
    }
  }

  private static List<String> named(LogProbe log) {
    return log.warnings().stream().filter(warning -> warning.contains("waiting in line")).toList();
  }

  @Test
  void a_connection_that_could_not_be_closed_is_closed_before_another_is_opened() throws Exception {
    strikeInWriteThenAtEachClose();
    assertThat(isLocked()).isTrue();
    opens.set(false);

    assertThatThrownBy(() -> store.useWrite(LostOwnerTest::add))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("connection of this store cannot be closed")
        .hasCauseInstanceOf(StackOverflowError.class);
    assertThat(opens).isFalse();
    strike.disarm();

    store.useWrite(LostOwnerTest::add);
    assertThat(opens).isTrue();
    assertThat(isLocked()).isFalse();
    assertThat(count(store)).isEqualTo(2);
  }

  @Test
  void a_lock_that_could_not_be_let_go_is_let_go_though_nobody_asks_again() throws Exception {
    strikeInWriteThenAtEachClose();
    assertThat(isLocked()).isTrue();
    strike.disarm();

    Patience.until("no lock is held", () -> !isLocked());
  }

  @Test
  void closing_the_store_again_closes_what_could_not_be_closed_before() throws Exception {
    strikeInWriteThenAtEachClose();
    assertThatThrownBy(store::close).isInstanceOf(StoreException.class);
    assertThat(isLocked()).isTrue();
    strike.disarm();

    store.close();
    assertThat(isLocked()).isFalse();
  }

  private void strikeInWriteThenAtEachClose() {
    Point[] script = Collections.nCopies(1_000, Point.CLOSES).toArray(new Point[0]);
    script[0] = Point.BEGUN; // with the write lock held
    strike.arm(() -> new StackOverflowError("struck"), 0, script);
    assertThatThrownBy(() -> store.useWrite(LostOwnerTest::add))
        .isInstanceOf(StackOverflowError.class);
  }

  private boolean isLocked() {
    try {
      PlainSqlite.execute(file, "PRAGMA busy_timeout = 0", "BEGIN IMMEDIATE", "COMMIT");
      return false;
    } catch (SQLException e) {
      return true;
    }
  }
}

package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.engine.Registration;
import dev.belay.engine.line.Threads;
import dev.belay.testing.DeadThread;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;

/**
 * Goal: commits of other processes are noticed whatever a listener, a logger or a lack of threads
 * does. Method: a watch on a real file, and threads that the test makes.
 */
class WatchThreadTest {
  @TempDir Path dir;
  private Path file;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicBoolean noThreads = new AtomicBoolean();
  private final AtomicBoolean deadOnArrival = new AtomicBoolean();
  private final Semaphore told = new Semaphore(0);
  private ChangeWatch changes;

  @BeforeEach
  void create() {
    file = dir.resolve("belay.db");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      SqliteNotes.create(belay);
    }
    changes = new ChangeWatch("belay.db", this::connect, this::thread, () -> false);
  }

  @AfterEach
  void close() {
    changes.close();
  }

  @Test
  void a_listener_that_throws_an_error_silences_no_other() throws Exception {
    try (LogProbe log = LogProbe.throwing(new OutOfMemoryError("of the logger"))) {
      changes.watch(
          () -> {
            throw new StackOverflowError("of a listener");
          });
      changes.watch(told::release);

      changes.committed();
      assertThat(told.tryAcquire()).isTrue();
      for (int i = 0; i < 3; i++) {
        requireNoticed();
      }
      assertThat(log.errors()).isNotEmpty();
      assertThat(threads).hasSize(1);
    }
  }

  @Test
  void a_thread_that_cannot_be_started_leaves_no_listener_and_the_next_watch_starts_one()
      throws Exception {
    noThreads.set(true);
    assertThatThrownBy(() -> changes.watch(told::release)).isInstanceOf(OutOfMemoryError.class);
    changes.committed();
    assertThat(told.tryAcquire()).isFalse();
    noThreads.set(false);

    Registration watch = changes.watch(told::release);

    requireNoticed();
    watch.close();
  }

  @Test
  void a_thread_that_died_is_replaced_by_the_next_watch() throws Exception {
    deadOnArrival.set(true);
    changes.watch(told::release);
    threads.get(0).join();
    deadOnArrival.set(false);

    changes.watch(() -> {});

    requireNoticed();
  }

  private void requireNoticed() throws Exception {
    told.drainPermits();
    try (Connection other = PlainSqlite.connect(file)) {
      PlainSqlite.execute(other, "INSERT INTO note (text) VALUES (hex(randomblob(8)))");
    }
    Patience.until("a permit", told::tryAcquire);
  }

  private Thread thread(String name, Runnable task) {
    if (noThreads.get()) {
      return new DeadThread();
    }
    Thread thread = Threads.daemon(name, deadOnArrival.get() ? () -> {} : task);
    threads.add(thread);
    return thread;
  }

  private SQLiteConnection connect() throws java.sql.SQLException {
    return PlainSqlite.connect(file).unwrap(SQLiteConnection.class);
  }
}

package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.store.StoreBusyException;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that writes without a rest lets others in, and letting them in costs no request. */
class GiveWayTest {
  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void create() {
    file = dir.resolve("belay.db");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      SqliteNotes.create(belay);
    }
  }

  @Test
  void who_writes_now_and_then_is_let_in_by_who_writes_without_a_rest() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicBoolean gaveWay = new AtomicBoolean();
    try (Belay restless = Belay.open(file, TestOptions.defaults());
        Belay other = Belay.open(file, TestOptions.defaults().withBusyTimeout(Patience.LIMIT))) {
      List<CompletableFuture<Void>> loops = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String name = "loop" + i + " ";
        loops.add(started(() -> write(restless, name, over)));
      }
      Thread self = Thread.currentThread(); // serves itself in the other store, so is not looked at
      loops.add(started(() -> watch(self, over, gaveWay)));
      try {
        Patience patience = Patience.begin();
        for (int i = 0; i < 40 || !gaveWay.get(); i++) {
          patience.check(() -> "the restless was never seen to give way");
          String text = "other" + i;
          other.useWrite(tx -> Notes.add(tx, text)); // or StoreBusyException
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10)); // it writes now and then
        }
      } finally {
        over.set(true);
        for (CompletableFuture<Void> loop : loops) {
          Patience.get(loop);
        }
      }
    }
  }

  @Test
  void letting_others_in_refuses_no_write_while_the_lock_is_free() throws Exception {
    try (Belay belay = Belay.open(file, TestOptions.defaults().withBusyTimeout(Duration.ZERO))) {
      try (Connection other = PlainSqlite.connect(file)) {
        PlainSqlite.execute(other, "BEGIN IMMEDIATE");
        assertThatThrownBy(() -> belay.useWrite(tx -> Notes.add(tx, "refused")))
            .isInstanceOf(StoreBusyException.class);
        PlainSqlite.execute(other, "ROLLBACK");
      }
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300); // thirty turns
      for (int i = 0; System.nanoTime() < end; i++) {
        String text = "note" + i;
        belay.useWrite(tx -> Notes.add(tx, text));
      }
    }
  }

  private static CompletableFuture<Void> started(Runnable loop) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                loop.run();
                end.complete(null);
              } catch (Throwable e) {
                end.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return end;
  }

  private static void write(Belay belay, String name, AtomicBoolean over) {
    for (int i = 0; !over.get(); i++) {
      String text = name + i;
      belay.useWrite(tx -> Notes.add(tx, text));
    }
  }

  /** Looks until a thread other than {@code self} is seen to give way. */
  private static void watch(Thread self, AtomicBoolean over, AtomicBoolean gaveWay) {
    while (!over.get() && !gaveWay.get()) {
      Thread.getAllStackTraces()
          .forEach(
              (thread, stack) -> {
                if (thread != self && givesWay(stack)) {
                  gaveWay.set(true);
                }
              });
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(300)); // leaves the writers a processor
    }
  }

  private static boolean givesWay(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      if (frame.getClassName().equals(LockWait.class.getName())
          && frame.getMethodName().equals("giveWay")) {
        return true;
      }
    }
    return false;
  }
}

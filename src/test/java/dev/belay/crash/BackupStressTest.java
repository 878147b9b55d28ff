package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a backup is one state of the store, whoever writes meanwhile.
 *
 * <p>Method: two processes and four threads write what can be checked, over two tables, and each
 * backup goes on until commits were made while it was copied.
 */
class BackupStressTest {
  private static final int THREADS = 4;
  private static final int MEGABYTES = 20;

  @TempDir private Path folder;

  @Test
  void a_backup_is_one_state_while_two_processes_and_four_threads_write() throws Exception {
    Path store = folder.resolve("store.db");
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicLong acknowledged = new AtomicLong();
    try (Belay belay = Belay.open(store, TestOptions.defaults())) {
      BackupLoad.create(belay.tx(), MEGABYTES);
      List<CompletableFuture<Void>> writers = new ArrayList<>();
      try (ChildJvm first = ChildCommand.of(BackupLoad.class, store).start();
          ChildJvm second = ChildCommand.of(BackupLoad.class, store).start()) {
        first.expect("writing");
        second.expect("writing");
        for (int i = 0; i < THREADS; i++) {
          writers.add(
              CompletableFuture.runAsync(
                  () -> {
                    while (!stopped.get()) {
                      BackupLoad.write(belay.tx(), 3);
                      acknowledged.incrementAndGet();
                    }
                  },
                  command -> new Thread(command).start()));
        }
        for (int round = 0; round < Effort.of(3, 30); round++) {
          backUp(belay, folder.resolve("copy-" + round), acknowledged);
        }
      } finally {
        stopped.set(true);
      }
      for (CompletableFuture<Void> writer : writers) {
        Patience.get(writer);
      }
    }
    BackupLoad.assertSound(store);
  }

  private static void backUp(Belay belay, Path copy, AtomicLong acknowledged) throws Exception {
    long before = acknowledged.get();
    AtomicInteger steps = new AtomicInteger();
    belay.backup(
        copy,
        (remaining, total) -> {
          assertThat(steps.get()).isLessThan(10_000); // beginning again and again
          if (steps.incrementAndGet() == 2) { // in the middle of the copy others go on
            long reached = acknowledged.get();
            while (acknowledged.get() < reached + 20) {
              Thread.onSpinWait();
            }
          }
        });

    assertThat(steps.get()).isGreaterThan(2);
    // what was acknowledged before is in it: the threads' own, those of the load, of each child one
    assertThat(BackupLoad.commits(copy)).isGreaterThanOrEqualTo(before + MEGABYTES + 2);
    BackupLoad.assertSound(copy);
  }
}

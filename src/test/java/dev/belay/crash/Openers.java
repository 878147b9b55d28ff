package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** Several that open one file at the same instant. Belongs to the thread that made it. */
sealed interface Openers extends AutoCloseable {
  /** Whoever waits for many others to open waits long on a slow machine. */
  BelayOptions OPTIONS = TestOptions.defaults().withBusyTimeout(Patience.LIMIT);

  /**
   * Has all of them open {@code file} at once, runs {@code meanwhile} when all have begun, and
   * fails unless all succeed.
   */
  void open(Path file, Meanwhile meanwhile) throws InterruptedException, ExecutionException;

  /** What happens while a file is being opened. */
  @FunctionalInterface
  interface Meanwhile {
    /** {@code opened} says how many of the openers have succeeded so far. */
    void run(IntSupplier opened);
  }

  @Override
  void close();

  /** Threads of this process, each with a handle of its own. */
  final class Threads implements Openers {
    private final ExecutorService threads;
    private final CyclicBarrier start;
    private final int count;

    Threads(int count) {
      this.threads = Executors.newFixedThreadPool(count);
      this.start = new CyclicBarrier(count);
      this.count = count;
    }

    @Override
    public void open(Path file, Meanwhile meanwhile)
        throws InterruptedException, ExecutionException {
      CountDownLatch begun = new CountDownLatch(count);
      AtomicInteger opened = new AtomicInteger();
      List<Future<?>> openings = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        openings.add(
            threads.submit(
                () -> {
                  start.await();
                  begun.countDown();
                  try (Belay belay = Belay.open(file, OPTIONS)) {
                    opened.incrementAndGet();
                    return belay.sessions().find("nobody");
                  }
                }));
      }
      Patience.await(begun);
      meanwhile.run(opened::get);
      for (Future<?> opening : openings) {
        Patience.get(opening);
      }
    }

    @Override
    public void close() {
      threads.shutdownNow();
    }
  }

  /** Processes, which have loaded their classes before the race. */
  final class Processes implements Openers {
    private final List<ChildJvm> children = new ArrayList<>();

    Processes(int count) {
      for (int i = 0; i < count; i++) {
        children.add(ChildCommand.of(OpeningChild.class).start());
      }
      children.forEach(child -> child.expect("ready"));
    }

    @Override
    public void open(Path file, Meanwhile meanwhile) {
      children.forEach(child -> child.send(file.toString()));
      children.forEach(child -> child.expect("opening"));
      meanwhile.run(() -> Math.toIntExact(children.stream().filter(ChildJvm::hasSaidMore).count()));
      assertThat(children).extracting(ChildJvm::readLine).containsOnly("opened");
    }

    @Override
    public void close() {
      children.forEach(ChildJvm::close);
    }
  }
}

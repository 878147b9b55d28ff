package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several that open one file at the same instant. Belongs to the thread that made it. */
sealed interface Openers extends AutoCloseable {
  /** Has all of them open {@code file} at once, and fails unless all succeed. */
  void open(Path file) throws InterruptedException, ExecutionException;

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
    public void open(Path file) throws InterruptedException, ExecutionException {
      List<Future<?>> openings = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        openings.add(
            threads.submit(
                () -> {
                  start.await();
                  try (Belay belay = Belay.open(file, TestOptions.defaults())) {
                    return belay.sessions().find("nobody");
                  }
                }));
      }
      for (Future<?> opening : openings) {
        opening.get();
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
    public void open(Path file) {
      children.forEach(child -> child.send(file.toString()));
      assertThat(children).extracting(ChildJvm::readLine).containsOnly("opened");
    }

    @Override
    public void close() {
      children.forEach(ChildJvm::close);
    }
  }
}

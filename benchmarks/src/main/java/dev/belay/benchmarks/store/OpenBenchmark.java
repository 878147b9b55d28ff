package dev.belay.benchmarks.store;

import dev.belay.Belay;
import dev.belay.benchmarks.peer.RawConnection;
import dev.belay.benchmarks.peer.Scratch;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Opening a store that is there and up to date, in a JVM that has opened it before. The floor is
 * the driver's connect with the same pragmas. Its state belongs to one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class OpenBenchmark {
  /** Who opens. */
  @Param({"raw", "belay"})
  public String peer;

  private Scratch store;
  private Opener opener;

  private interface Opener {
    AutoCloseable open(Path file) throws Exception;
  }

  /** Makes the store. */
  @Setup
  public void make() {
    store = new Scratch();
    Belay.open(store.file()).close();
    opener =
        switch (peer) {
          case "raw" ->
              file ->
                  RawConnection.connect(
                      file,
                      Sync.NORMAL.name(),
                      StoreSettings.BUSY_TIMEOUT_MS,
                      RawConnection.CHECKPOINT_PAGES);
          case "belay" -> Belay::open;
          default -> throw new IllegalArgumentException("no such peer: " + peer);
        };
  }

  /** Deletes it. */
  @TearDown
  public void delete() {
    store.close();
  }

  /** What is open between an invocation and its end. Belongs to one thread. */
  @State(Scope.Thread)
  public static class Opened {
    private AutoCloseable store;

    /** Closes it, outside the time that is measured. */
    @TearDown(Level.Invocation)
    public void close() throws Exception {
      store.close();
    }
  }

  /** Opens, and closes: the last to close writes the log back and deletes it. */
  @Benchmark
  public void openAndClose() throws Exception {
    opener.open(store.file()).close();
  }

  /** Opens alone. */
  @Benchmark
  public void open(Opened opened) throws Exception {
    opened.store = opener.open(store.file());
  }
}

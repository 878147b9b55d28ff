package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.OwnSession;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a statement through a DAO costs: a thousand operations in one transaction, so that beginning
 * and committing do not count. Its state belongs to one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class DaoCostBenchmark {
  private static final int OPERATIONS = 1000;
  private static final int PAYLOAD_BYTES = 200;
  private static final int COMMIT_GROUP_MAX = 64;

  /** Who writes. */
  @Param({"raw", "plain JDBI immediate", "belay"})
  public String peer;

  private WriterTrial trial;
  private OwnSession session;

  /** Opens the store. */
  @Setup
  public void open() throws SQLException {
    trial = new WriterTrial(peer, Sync.NORMAL, PAYLOAD_BYTES, COMMIT_GROUP_MAX, 1);
    session = trial.takeSession();
  }

  /** Closes and deletes it. */
  @TearDown
  public void close() throws SQLException {
    trial.close();
  }

  /** Moves the head and appends, a thousand times. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int operate() throws SQLException {
    return trial.write(session, OPERATIONS);
  }
}

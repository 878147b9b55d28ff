package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.OwnSession;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Small transactions by callers that each write a session of their own, so that only the store is
 * contended. Its state is safe for use by many threads.
 *
 * <p>With several threads read {@link WallThroughput}, not JMH's own score.
 *
 * <p>Peers named "… commit" read the head first, as {@code Sessions.commit} does: they are the
 * facade's own floor. So does "plain JDBI deferred, reads first": a user's most natural code, and
 * the one whose writes SQLite refuses when another has written since that look.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class TransactionBenchmark {
  /** Who writes. */
  @Param({
    "raw",
    "raw per thread",
    "plain JDBI immediate",
    "plain JDBI deferred",
    "plain JDBI deferred, reads first",
    "belay",
    "belay, one in ten refused",
    "raw commit",
    "plain JDBI immediate commit",
    "belay commit"
  })
  public String peer;

  /** What a commit survives. */
  @Param({"NORMAL", "FULL"})
  public Sync sync;

  /** How large an event is. */
  @Param("200")
  public int payloadBytes;

  /** How many waiting writes may share a commit of Belay's; its default is 64. */
  @Param("64")
  public int commitGroupMax;

  private WriterTrial trial;

  /** Opens the store. */
  @Setup
  public void open(BenchmarkParams params) throws SQLException {
    trial = new WriterTrial(peer, sync, payloadBytes, commitGroupMax, params.getThreads());
  }

  /** Closes and deletes it. */
  @TearDown
  public void close() throws SQLException {
    trial.close();
  }

  /** A caller and its session. Belongs to one thread. */
  @State(Scope.Thread)
  public static class Caller {
    private OwnSession session;

    /** Takes a session. */
    @Setup
    public void takeSession(TransactionBenchmark benchmark) {
      session = benchmark.trial.takeSession();
    }
  }

  /** What was refused and tried again. Belongs to one thread. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Refusals {
    /** How often SQLite said BUSY. */
    public long busy;
  }

  /** One transaction. */
  @Benchmark
  public void transact(Caller caller, Refusals refusals) throws SQLException {
    refusals.busy += trial.write(caller.session, 1);
  }
}

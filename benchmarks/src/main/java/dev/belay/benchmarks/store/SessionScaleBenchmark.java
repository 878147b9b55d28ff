package dev.belay.benchmarks.store;

import dev.belay.Belay;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.peer.SessionFile;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.store.TxOutcome;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a step and a look cost as the store grows, by sessions or by events of one. Each time
 * another session is taken, at random. One caller; its state belongs to one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SessionScaleBenchmark {
  private static final NewEvent EVENT = NewEvent.of(SessionFile.TYPE, SessionFile.PAYLOAD);

  /** How many sessions there are. */
  @Param({"1", "1000", "100000"})
  public int sessions;

  /** How many events each of them has. */
  @Param("1")
  public int events;

  /** Where filled stores are kept between JVMs; empty: nowhere. */
  @Param("")
  public String fixtures;

  private final SplittableRandom random = new SplittableRandom(17);
  private Scratch store;
  private Belay belay;
  private List<String> ids;

  /** Fills and opens the store. */
  @Setup
  public void open() throws SQLException {
    store = new Scratch();
    SessionFile.fill(fixtures, store.file(), sessions, events);
    belay = Belay.open(store.file());
    ids = IntStream.rangeClosed(1, sessions).mapToObj(i -> "session-" + i).toList();
  }

  /** Closes and deletes it. */
  @TearDown
  public void close() {
    belay.close();
    store.close();
  }

  /** A commit, rolled back in the end: so the store stays as large as it is said to be. */
  @Benchmark
  public Committed commit() {
    SessionCommit commit = SessionCommit.to(any(), events).append(EVENT);
    return belay
        .tx()
        .writeFlow(tx -> TxOutcome.rollback(belay.sessions().commit(tx, commit).orThrow()));
  }

  /** The head of a session. */
  @Benchmark
  public Session head() {
    return belay.sessions().find(any()).orElseThrow();
  }

  /** The newest 50 events of a session. */
  @Benchmark
  public List<SessionEvent> newest50() {
    return belay.sessions().history(any(), 50);
  }

  private String any() {
    return ids.get(random.nextInt(sessions));
  }
}

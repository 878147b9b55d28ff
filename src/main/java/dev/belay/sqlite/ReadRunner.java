package dev.belay.sqlite;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.StoreEngine.Event;
import dev.belay.engine.jdbc.BodyRun;
import dev.belay.engine.jdbc.BodyTx;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.ConnectionOpener;
import dev.belay.engine.jdbc.ConnectionTransaction;
import dev.belay.engine.jdbc.CurrentConnection;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.RequestRunner;
import dev.belay.engine.line.SafeLog;
import dev.belay.engine.line.Source;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Serves the requests of a connection that only reads, beside the writer or in a store that is
 * opened for reading. The connection is opened on first use. Belongs to the thread that owns the
 * connection.
 */
final class ReadRunner implements RequestRunner {
  private static final long SLOW_NANOS_MIN = TimeUnit.SECONDS.toNanos(1);

  private final CurrentConnection current;
  private final StoreParts parts;
  private final StoreEngine runner;
  private final long slowNanos;

  ReadRunner(ConnectionOpener opener, StoreParts parts, StoreEngine runner) {
    this.current = new CurrentConnection(opener, parts.name());
    this.parts = parts;
    this.runner = runner;
    this.slowNanos =
        Math.max(SLOW_NANOS_MIN, TimeUnit.MILLISECONDS.toNanos(parts.settings().busyTimeoutMs()));
  }

  @Override
  public void serve(Source source) {
    source.forEach(this::serve);
  }

  private void serve(Request<?> request) {
    try {
      Instant now = BodyTx.instantOf(parts.clock());
      FileIdentity.require(parts.identity());
      BoundConnection connection = current.get();
      current.bodyStarts();
      BodyRun run = read(request, connection, runner, now);
      warnIfSlow(System.nanoTime() - current.bodySince());
      if (connection.edge().isChanged() || !connection.isUsable()) {
        current.discard();
      }
      run.answer(Event.OUTCOME, parts.callbacks());
    } catch (SQLException e) {
      current.discard();
      request.fail(parts.errors().operating("reading", e), parts.callbacks());
    } catch (Throwable e) {
      current.discard();
      request.fail(e, parts.callbacks());
    } finally {
      current.bodyEnds();
    }
    request.forgetInterrupt();
  }

  /**
   * Warns of a long read: a reader that keeps its snapshot for long prevents the reset of the WAL.
   */
  private void warnIfSlow(long nanos) {
    if (nanos > slowNanos) {
      SafeLog.log(
          Level.WARNING,
          parts.errors().store()
              + ": a body of read on thread "
              + Thread.currentThread().getName()
              + " took "
              + TimeUnit.NANOSECONDS.toMillis(nanos)
              + " ms, longer than the busy timeout; meanwhile the WAL could not be reset",
          null);
    }
  }

  /** Runs one body on a snapshot of its own. */
  static BodyRun read(
      Request<?> request, BoundConnection connection, StoreEngine runner, Instant now)
      throws SQLException {
    ConnectionTransaction transaction = connection.transaction();
    transaction.beginReading();
    BodyTx tx = BodyTx.reading(connection, runner, now);
    BodyRun run = BodyRun.of(request, tx, connection);
    // A raw COMMIT after reads only calls no hook; the rollback below reveals it.
    return transaction.rollback() ? run : run.endedByHand();
  }

  @Override
  public CurrentConnection current() {
    return current;
  }

  @Override
  public void close() {
    current.close();
  }
}

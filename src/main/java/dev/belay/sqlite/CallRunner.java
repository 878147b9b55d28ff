package dev.belay.sqlite;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.StoreEngine.Event;
import dev.belay.engine.jdbc.BodyRun;
import dev.belay.engine.jdbc.BodyTx;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.ConnectionOpener;
import dev.belay.engine.jdbc.ConnectionTransaction;
import dev.belay.engine.jdbc.CurrentConnection;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.RequestRunner;
import dev.belay.engine.line.Source;
import java.sql.SQLException;
import java.time.InstantSource;

/**
 * Serves the requests of {@code call}. Each has a connection that is opened for it and closed after
 * it, so that everything that the body sets, attaches or leaves open ends with it. Belongs to the
 * thread that runs the body.
 */
final class CallRunner implements RequestRunner {
  private final CurrentConnection current;
  private final StoreParts parts;
  private final StoreEngine runner;
  private final Runnable ended;

  /** Creates the runner without opening a connection. */
  CallRunner(ConnectionOpener opener, StoreParts parts, StoreEngine runner) {
    this.current = new CurrentConnection(opener, parts.name());
    this.parts = parts;
    this.runner = runner;
    this.ended = parts.changes()::committed; // it may have committed
  }

  @Override
  public void serve(Source source) {
    source.forEach(this::serve);
  }

  private void serve(Request<?> request) {
    try {
      FileIdentity.require(parts.identity());
      BoundConnection connection = current.get();
      current.bodyStarts();
      BodyRun run = call(request, connection, runner, parts.clock());
      current.discard();
      Reports.runQuietly(ended);
      FileIdentity.require(parts.identity()); // otherwise what it wrote is in no file
      run.answer(Event.OUTCOME, parts.callbacks());
    } catch (SQLException e) {
      current.discard();
      request.fail(parts.errors().operating("the call", e), parts.callbacks());
    } catch (Throwable e) {
      current.discard();
      request.fail(e, parts.callbacks());
    } finally {
      current.bodyEnds();
    }
    request.forgetInterrupt();
  }

  /** Runs one body whose statements commit one by one. */
  static BodyRun call(
      Request<?> request, BoundConnection connection, StoreEngine runner, InstantSource clock)
      throws SQLException {
    ConnectionTransaction transaction = connection.transaction();
    connection.driver().commitsEach();
    BodyTx tx = BodyTx.reading(connection, runner, BodyTx.instantOf(clock));
    long changes = transaction.body().changes();
    BodyRun run = BodyRun.of(request, tx, connection);
    if (!connection.isUsable()) {
      return run.lastedInPart();
    }
    connection.driver().commitsTogether();
    BodyRun ended = transaction.endStray() ? run.leftTransactionOpen() : run;
    boolean lasted = transaction.body().changes() != changes || ended.writes() > 1;
    return lasted ? ended.lastedInPart() : ended;
  }

  /** Returns whether a call is running, which may hold the file's locks. */
  boolean isCalling() {
    return current.bodySince() != 0;
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

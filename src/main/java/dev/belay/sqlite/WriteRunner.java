package dev.belay.sqlite;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.StoreEngine.Event;
import dev.belay.engine.jdbc.BodyRun;
import dev.belay.engine.jdbc.BodyTx;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.ConnectionOpener;
import dev.belay.engine.jdbc.CurrentConnection;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.Line;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.RequestKind;
import dev.belay.engine.line.RequestRunner;
import dev.belay.engine.line.Source;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Serves the requests of the connection that writes: groups of write bodies and, in a store in
 * memory, also calls and reads. Belongs to the thread that owns the connection.
 */
final class WriteRunner implements RequestRunner, GroupSurroundings {
  private final CurrentConnection current;
  private final @Nullable FileIdentity identity;
  private final SchemaCheck schema;
  private final SqliteFailures errors;
  private final InstantSource clock;
  private final LockWait lockWait;
  private final Callbacks callbacks;
  private final ChangeWatch changes;
  private final @Nullable Checkpointer checkpointer;
  private final StoreEngine runner;
  private final FaultPoints faults;
  private final int groupMax;
  private @Nullable BodyTx bodyTx;
  private boolean hadStaleSnapshot;

  WriteRunner(ConnectionOpener opener, StoreParts parts, LockWait lockWait, StoreEngine runner) {
    this.current = new CurrentConnection(opener, parts.name());
    this.identity = parts.identity();
    this.schema = new SchemaCheck(parts.errors());
    this.errors = parts.errors();
    this.clock = parts.clock();
    this.lockWait = lockWait;
    this.callbacks = parts.callbacks();
    this.changes = parts.changes();
    this.checkpointer = parts.checkpointer();
    this.runner = runner;
    this.faults = parts.faults();
    this.groupMax = parts.settings().options().commitGroupMax();
  }

  @Override
  public void serve(Source source) {
    for (Request<?> head = source.peek(); head != null; head = source.peek()) {
      switch (head.kind()) {
        case WRITE, WRITE_FLOW, VERB, VERB_FIRST -> serveGroups(source);
        case READ, LOOK -> serveNext(source, this::readAlone);
        case CALL ->
            serveNext(
                source,
                (request, connection) -> CallRunner.call(request, connection, runner, clock));
      }
    }
  }

  /** Serves one group, and those of its members that must run again. */
  private void serveGroups(Source source) {
    BoundConnection connection = connection(source);
    if (connection == null) {
      return;
    }
    CommitGroup.Again again = serveGroup(source, connection);
    if (!again.isEmpty()) {
      serveAgain(again);
    }
    if (checkpointer != null) {
      checkpointer.afterTransaction(connection);
    }
  }

  /**
   * Serves the requests that run again: they are in no line, and all have their outcome afterwards.
   */
  private void serveAgain(CommitGroup.Again first) {
    List<Source> groups = new ArrayList<>();
    CommitGroup.Again again = first;
    try {
      while (true) {
        faults.reach(FaultPoints.Point.LINES_UP_AGAIN);
        groups.addAll(again.alone());
        if (!again.together().isEmpty()) {
          groups.add(0, Line.again(again.together()));
        }
        again = CommitGroup.Again.NONE;
        while (!groups.isEmpty() && groups.get(0).peek() == null) {
          groups.remove(0);
        }
        if (groups.isEmpty()) {
          return;
        }
        BoundConnection connection = connection(groups.get(0));
        if (connection != null) {
          again = serveGroup(groups.get(0), connection);
        }
      }
    } catch (Throwable e) {
      // everything that these requests had done has been undone
      groups.forEach(group -> failAll(group, e));
      again.together().forEach(request -> failAll(request, e));
      again.alone().forEach(request -> failAll(request, e));
      Reports.report(e);
    }
  }

  private void failAll(Source source, Throwable failure) {
    while (source.peek() != null) {
      failNext(source, failure);
    }
  }

  private CommitGroup.Again serveGroup(Source source, BoundConnection connection) {
    int membersMax = source instanceof Request ? 1 : groupMax;
    Lock writing = checkpointer == null ? null : checkpointer.writing();
    if (writing != null) {
      writing.lock();
    }
    CommitGroup group = new CommitGroup(this, connection, callbacks);
    try {
      return group.serve(source, lockWait, membersMax);
    } finally {
      if (writing != null) {
        lockWait.released(group.members());
        writing.unlock();
      }
    }
  }

  /**
   * Returns the connection. Returns null if none can be opened; then the next request has failed.
   */
  private @Nullable BoundConnection connection(Source source) {
    try {
      if (current.isNone()) {
        requireSameFile(); // otherwise the next connection could be to another file
      }
      return current.get();
    } catch (Throwable e) {
      failNext(source, e);
      return null;
    }
  }

  private interface Service {
    BodyRun run(Request<?> request, BoundConnection connection) throws SQLException;
  }

  private void serveNext(Source source, Service service) {
    BoundConnection connection = connection(source);
    Request<?> request = connection == null ? null : source.next();
    if (connection == null || request == null || !request.start()) {
      return;
    }
    try {
      current.bodyStarts();
      BodyRun run = service.run(request, connection);
      if (!connection.isUsable()) {
        current.discard();
      }
      if (request.kind() == RequestKind.CALL) {
        committed();
      }
      run.answer(Event.OUTCOME, callbacks);
    } catch (SQLException e) {
      current.discard();
      request.fail(errors.operating("the transaction", e), callbacks);
    } catch (Throwable e) {
      current.discard();
      request.fail(e, callbacks);
    } finally {
      current.bodyEnds();
    }
    request.forgetInterrupt();
  }

  @Override
  public void failNext(Source source, Throwable failure) {
    Request<?> request = source.next();
    if (request != null && request.start()) {
      request.fail(failure, callbacks);
    }
  }

  @Override
  public BodyRun run(Request<?> request, BoundConnection connection, Instant now) {
    BodyTx tx = BodyTx.writing(connection, runner, now);
    bodyTx = tx;
    current.bodyStarts();
    try {
      return BodyRun.of(request, tx, connection);
    } finally {
      current.bodyEnds();
      bodyTx = null;
      request.forgetInterrupt();
    }
  }

  /**
   * Returns the Tx of the body that runs on the current thread, even if the body has wrapped it.
   */
  BodyTx bodyTx() {
    if (bodyTx == null) {
      throw new IllegalStateException("no body runs that may write");
    }
    return bodyTx;
  }

  @Override
  public void beginFailed(Source source, BoundConnection connection, SQLException failure) {
    discard(connection);
    // A snapshot that a statement of this connection still holds ends with the connection. So the
    // first such failure fails no request: they run on a new connection.
    if (SqliteFailures.isStaleSnapshot(failure) && !hadStaleSnapshot) {
      hadStaleSnapshot = true;
      return;
    }
    failNext(source, errors.operating("BEGIN IMMEDIATE", failure));
  }

  private BodyRun readAlone(Request<?> request, BoundConnection connection) throws SQLException {
    connection.driver().execute("PRAGMA query_only = ON");
    try {
      return ReadRunner.read(request, connection, runner, now());
    } finally {
      connection.driver().allowWrites();
    }
  }

  @Override
  public void committed() {
    hadStaleSnapshot = false;
    Reports.runQuietly(changes::committed);
  }

  @Override
  public void requireSameFile() {
    FileIdentity.require(identity);
  }

  @Override
  public void requireSameSchema(BoundConnection connection) {
    schema.require(connection);
  }

  @Override
  public Instant now() {
    return BodyTx.instantOf(clock);
  }

  @Override
  public void discard(BoundConnection connection) {
    current.discard(connection);
  }

  @Override
  public CurrentConnection current() {
    return current;
  }

  @Override
  public void close() {
    try {
      BoundConnection connection = current.peek();
      if (connection != null && (identity == null || !identity.mustKeepWal())) {
        SqliteConnectionDriver.of(connection).state().checkpoint();
      }
    } finally {
      current.close();
    }
  }
}

package dev.belay.engine.jdbc;

import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.OwnedConnection;
import dev.belay.engine.line.Reports;
import dev.belay.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The current connection of a request runner. It is opened on first use, and replaced after a
 * failure. Belongs to the thread that owns the connection.
 */
public final class CurrentConnection implements OwnedConnection {
  private final ConnectionOpener opener;
  private final String file;
  // A connection that is dropped without being closed would hold its locks until the JVM ends.
  private final Deque<BoundConnection> closing = new ArrayDeque<>();
  private final List<BoundConnection> harmless = new ArrayList<>(); // unclosed, without locks
  private @Nullable BoundConnection current;
  private boolean discarded;
  private volatile long bodySince;

  public CurrentConnection(ConnectionOpener opener, String file) {
    this.opener = opener;
    this.file = file;
  }

  /**
   * Returns the connection; opens one if there is none.
   *
   * @throws StoreException if opening it fails, or an earlier connection cannot be closed
   */
  public BoundConnection get() {
    if (!isSettled()) {
      settleOrThrow();
    }
    BoundConnection connection = current;
    if (connection == null) {
      connection = opener.open();
      current = connection;
    }
    return connection;
  }

  /** Notes that a body begins, behind which requests may wait in line. */
  public void bodyStarts() {
    bodySince = System.nanoTime();
  }

  /** Notes that the body has ended. */
  public void bodyEnds() {
    bodySince = 0;
  }

  @Override
  public long bodySince() {
    return bodySince;
  }

  @Override
  public void abandon() {
    bodyEnds();
    discard();
  }

  /** Returns whether there is no connection, so that {@link #get} would open one. */
  public boolean isNone() {
    return current == null;
  }

  /** Returns the connection; null if there is none. */
  public @Nullable BoundConnection peek() {
    return current;
  }

  /**
   * Closes a connection that can no longer be trusted; the next request opens another. If the
   * connection cannot be replaced, everything that was left on it is ended instead. Never throws:
   * if this cannot be done now, it is done before any connection is used again.
   */
  public void discard() {
    discarded = true;
    try {
      settle();
    } catch (Throwable e) {
      Reports.report(e); // the request has an outcome of its own
    }
  }

  /** As {@link #discard()}, if {@code connection} is still the current one. */
  public void discard(BoundConnection connection) {
    if (connection == current) {
      discard();
    }
  }

  @Override
  public boolean isSettled() {
    return !discarded && closing.isEmpty();
  }

  /**
   * Closes the connection, and the earlier ones that could not be closed.
   *
   * @throws StoreException if a connection cannot be closed; then this may be called again
   */
  public void close() {
    BoundConnection connection = current;
    if (connection != null) {
      closing.add(connection);
      current = null;
    }
    discarded = false;
    settleOrThrow();
  }

  private void settleOrThrow() {
    try {
      settle();
    } catch (Throwable e) {
      throw new StoreException(
          file
              + ": an earlier connection of this store cannot be closed after a failure, and"
              + " may hold locks; each further use tries again",
          e);
    }
  }

  private void settle() {
    BoundConnection connection = current;
    if (discarded && connection != null) {
      connection.faults().reach(FaultPoints.Point.DISCARDS);
      if (connection.edge().isReplaceable() || !connection.restore()) {
        closing.add(connection);
        current = null;
      }
    }
    discarded = false;
    harmless.removeIf(CurrentConnection::closesAtLast);
    for (BoundConnection next = closing.peek(); next != null; next = closing.peek()) {
      close(next);
      closing.remove();
    }
  }

  private void close(BoundConnection connection) {
    try {
      connection.close();
    } catch (StoreException e) {
      if (!connection.holdsNothing()) {
        throw e;
      }
      // There was no memory, or an error struck the driver after it had prepared a statement and
      // before it had recorded it, so that the statement can never be closed. A connection without
      // a transaction blocks no other connection.
      harmless.add(connection);
      Reports.report(e);
    }
  }

  private static boolean closesAtLast(BoundConnection connection) {
    try {
      connection.close();
      return true;
    } catch (StoreException e) {
      return false; // this failure has been reported before
    }
  }
}

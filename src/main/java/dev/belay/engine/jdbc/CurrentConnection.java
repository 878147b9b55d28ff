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
 * The connection that a server has now, opened when it is wanted. Belongs to the thread that owns
 * the connection.
 */
public final class CurrentConnection implements OwnedConnection {
  private final ConnectionOpener opener;
  private final String file;
  // One that is let go before it is closed would hold its locks until the JVM ends.
  private final Deque<BoundConnection> closing = new ArrayDeque<>();
  private final List<BoundConnection> harmless = new ArrayList<>(); // though not closed
  private @Nullable BoundConnection current;
  private boolean discarded;
  private volatile long bodySince;

  public CurrentConnection(ConnectionOpener opener, String file) {
    this.opener = opener;
    this.file = file;
  }

  /**
   * Returns the connection.
   *
   * @throws StoreException if one must be opened and that fails, or an earlier one cannot be closed
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

  /** A body begins on it, for which others may stand in line. */
  public void bodyStarts() {
    bodySince = System.nanoTime();
  }

  /** Nobody waits for a body any more. */
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

  /** Whether one must be opened before it can be used. */
  public boolean isNone() {
    return current == null;
  }

  /** The connection, if there is one. */
  public @Nullable BoundConnection peek() {
    return current;
  }

  /**
   * Gives up a connection that cannot be trusted any more; the next request opens another. One that
   * cannot be replaced is cleared of what was left behind. Never throws: what cannot be done now is
   * done before the connection, or another one, is used again.
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
   * Closes the connection, and those that could not be closed before.
   *
   * @throws StoreException if one cannot be closed; then it may be tried again
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
              + ": an earlier connection of this store itself cannot be closed after a failure, and"
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
      // There was no memory, or an error struck the driver between preparing a statement and noting
      // it, so that it cannot be closed. Without a transaction the connection blocks no other.
      harmless.add(connection);
      Reports.report(e);
    }
  }

  private static boolean closesAtLast(BoundConnection connection) {
    try {
      connection.close();
      return true;
    } catch (StoreException e) {
      return false; // that has been reported
    }
  }
}

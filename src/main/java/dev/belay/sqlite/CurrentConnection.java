package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a server has now, opened when it is wanted. Belongs to the thread that owns
 * the connection.
 */
final class CurrentConnection {
  private final ConnectionOpener opener;
  // One that is let go before it is closed would hold its locks until the JVM ends.
  private final Deque<BoundConnection> closing = new ArrayDeque<>();
  private @Nullable BoundConnection current;

  CurrentConnection(ConnectionOpener opener) {
    this.opener = opener;
  }

  /**
   * Returns the connection.
   *
   * @throws StoreException if one must be opened and that fails, or an earlier one cannot be closed
   */
  BoundConnection get() {
    BoundConnection connection = current;
    if (connection == null) {
      closeAll();
      connection = opener.open();
      current = connection;
    }
    return connection;
  }

  /** The connection, if there is one, for whoever closes it. */
  @Nullable BoundConnection take() {
    BoundConnection connection = current;
    current = null;
    return connection;
  }

  /**
   * Gives up a connection that cannot be trusted any more; the next request opens another. One that
   * cannot be replaced is cleared of what was left behind, if that is possible.
   */
  void discard() {
    BoundConnection connection = current;
    if (connection == null || (!connection.edge().isReplaceable() && connection.restore())) {
      return;
    }
    closing.add(connection);
    current = null;
    try {
      closeAll();
    } catch (Throwable e) {
      Callbacks.report(e); // the request has an outcome of its own; the next one tries again
    }
  }

  private void closeAll() {
    for (BoundConnection next = closing.peek(); next != null; next = closing.peek()) {
      next.close();
      closing.remove();
    }
  }

  /** As {@link #discard()}, if {@code connection} is still the current one. */
  void discard(BoundConnection connection) {
    if (connection == current) {
      discard();
    }
  }
}

package dev.belay.sqlite;

import dev.belay.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a server has now, opened when it is wanted. Belongs to the thread that owns
 * the connection.
 */
final class CurrentConnection {
  private final ConnectionOpener opener;
  private @Nullable BoundConnection current;

  CurrentConnection(ConnectionOpener opener) {
    this.opener = opener;
  }

  BoundConnection get() {
    BoundConnection connection = current;
    if (connection == null) {
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

  /** Gives up a connection that cannot be trusted any more; the next request opens another. */
  void discard() {
    BoundConnection connection = take();
    if (connection != null) {
      try {
        connection.close();
      } catch (StoreException e) {
        Callbacks.report(e); // the request has an outcome of its own, and its caller waits for it
      }
    }
  }

  /** As {@link #discard()}, if {@code connection} is still the current one. */
  void discard(BoundConnection connection) {
    if (connection == current) {
      discard();
    }
  }
}

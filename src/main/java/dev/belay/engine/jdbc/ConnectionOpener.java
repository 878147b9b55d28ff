package dev.belay.engine.jdbc;

/**
 * Opens connections of one kind, ready for use. Belongs to the thread that is to own the
 * connection.
 */
@FunctionalInterface
public interface ConnectionOpener {
  /**
   * Opens a connection.
   *
   * @throws dev.belay.store.StoreException if that fails; then nothing stays open
   */
  BoundConnection open();
}

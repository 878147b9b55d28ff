package dev.belay.engine.jdbc;

/** Opens a connection of one kind, ready for use. Belongs to the thread that is to own it. */
@FunctionalInterface
public interface ConnectionOpener {
  /**
   * Opens.
   *
   * @throws dev.belay.store.StoreException if that fails; nothing stays open then
   */
  BoundConnection open();
}

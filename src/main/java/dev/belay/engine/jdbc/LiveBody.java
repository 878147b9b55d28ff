package dev.belay.engine.jdbc;

import org.jdbi.v3.core.Handle;

/** A body as the guards of its connection see it. Belongs to the thread that runs the body. */
interface LiveBody {
  /** Refuses everything that comes from the body after it, or on another thread. */
  void requireAlive();

  /** The handle of the body. */
  Handle handle();

  /** Whether the body is in a transaction, as JDBI asks before it takes a callback. */
  boolean isInTransaction();

  /** Whether JDBI is telling the handle's callbacks the outcome of the transaction. */
  boolean isFinishing();
}

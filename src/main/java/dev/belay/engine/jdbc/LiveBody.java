package dev.belay.engine.jdbc;

import org.jdbi.v3.core.Handle;

/**
 * A running body as the guards of its connection see it. Belongs to the thread that runs the body.
 */
interface LiveBody {
  /** Throws if the body has ended, or if the current thread does not run it. */
  void requireAlive();

  /** Returns the handle of the body. */
  Handle handle();

  /** Returns whether the body is in a transaction; JDBI asks this before it accepts a callback. */
  boolean isInTransaction();

  /** Returns whether JDBI is running the callbacks that are registered on the handle. */
  boolean isFinishing();
}

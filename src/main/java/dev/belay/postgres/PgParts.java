package dev.belay.postgres;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.jdbc.BelayJdbi;
import dev.belay.engine.jdbc.BodyEdge;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.FaultPoints;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The parts that all connections of one store share. Immutable, safe for use by many threads.
 *
 * @param source opens connections
 * @param chosenClock the clock that the application chose; null for the server's
 * @param busyTimeoutNanos the time for which a body is tried again
 * @param committed called after each commit that may have changed something
 */
record PgParts(
    PgSource source,
    PgFailures errors,
    PgBegin begins,
    BelayJdbi jdbi,
    Callbacks callbacks,
    PgClock serverClock,
    @Nullable InstantSource chosenClock,
    long busyTimeoutNanos,
    Runnable committed,
    StoreEngine store) {

  /** Opens a connection on which bodies run. */
  BoundConnection open() {
    try {
      return new BoundConnection(
          new PgConnectionDriver(source.open(), errors, begins),
          jdbi,
          errors,
          FaultPoints.NONE,
          new BodyEdge(true));
    } catch (SQLException e) {
      throw errors.operating("connecting", e);
    }
  }

  /** Returns the instant of the transaction that {@code begun} is about. */
  Instant now(PgBegin.Begun begun) {
    Instant server = serverClock.begun(begun);
    return chosenClock == null ? server : Instant.ofEpochMilli(chosenClock.millis());
  }

  /** Returns the time of the clock that the application chose; null if it is the server's. */
  @Nullable Long chosenMs() {
    return chosenClock == null ? null : chosenClock.millis();
  }

  /** Returns the clock of the store. */
  InstantSource clock() {
    return chosenClock == null ? serverClock : chosenClock;
  }
}

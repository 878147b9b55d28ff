package dev.belay.postgres;

import dev.belay.engine.line.Reports;
import dev.belay.store.CommitUnknownException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections on which groups of verbs are sent. Safe for use by many threads.
 *
 * <p>Two: while the answer to one call is on its way, the next call can be sent. More would only
 * make the groups smaller.
 */
final class PgGroupConnections {
  static final int PLACES = 2;

  /** The idle time after which a connection is asked whether it is alive: 1 s. */
  private static final long IDLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private static final int ALIVE_SECONDS_MAX = 5;

  private final PgSource source;
  private final PgFailures errors;
  private final ConcurrentLinkedQueue<Place> idle = new ConcurrentLinkedQueue<>();
  private final List<Runnable> wakings = new CopyOnWriteArrayList<>();

  PgGroupConnections(PgSource source, PgFailures errors) {
    this.source = source;
    this.errors = errors;
    for (int i = 0; i < PLACES; i++) {
      idle.add(new Place());
    }
  }

  /** Runs {@code waking} too whenever a connection becomes idle. */
  void wakesToo(Runnable waking) {
    wakings.add(waking);
  }

  /** Takes an idle connection; null if there is none. */
  @Nullable Place tryTake() {
    return idle.poll();
  }

  void give(Place place) {
    idle.add(place);
    wakings.forEach(Runnable::run);
  }

  CommitUnknownException unknown(Throwable failure) {
    return errors.commitUnknown(failure);
  }

  /** Closes the connections; those that are away are closed when they come back. */
  void close() {
    for (Place place = idle.poll(); place != null; place = idle.poll()) {
      place.close();
    }
  }

  /** A connection, opened when it is needed. Belongs to the thread that took it. */
  final class Place {
    private @Nullable Connection connection;
    private long usedNanos;
    private boolean sent;

    /** Returns the connection, in no transaction; the caller sends on it. */
    Connection connection() throws SQLException {
      sent = false;
      Connection open = connection;
      if (open != null
          && System.nanoTime() - usedNanos > IDLE_NANOS_MAX
          && !open.isValid(ALIVE_SECONDS_MAX)) {
        close();
        open = null;
      }
      if (open == null) {
        open = source.open();
        open.setAutoCommit(true);
        connection = open;
      }
      usedNanos = System.nanoTime();
      sent = true;
      return open;
    }

    /** Returns whether the last call may have reached the server. */
    boolean hasSent() {
      return sent;
    }

    /** Ends the transaction of a call that failed, or the connection. */
    void failed(Throwable failure) {
      Connection open = connection;
      if (open == null) {
        return;
      }
      try (Statement statement = open.createStatement()) {
        statement.execute("ROLLBACK");
      } catch (SQLException e) {
        close();
      }
    }

    private void close() {
      Connection open = connection;
      connection = null;
      try {
        if (open != null) {
          open.close();
        }
      } catch (SQLException e) {
        Reports.report(e);
      }
    }
  }
}

package dev.belay.postgres;

import dev.belay.engine.line.Reports;
import dev.belay.store.CommitUnknownException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

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
  private final Queue<Place> idle = new ArrayDeque<>();
  private final Queue<Group> wanting = new ArrayDeque<>();

  PgGroupConnections(PgSource source, PgFailures errors) {
    this.source = source;
    this.errors = errors;
    for (int i = 0; i < PLACES; i++) {
      idle.add(new Place());
    }
  }

  /** A group of callers, as the connections see it. */
  interface Group {
    /** Wakes the caller that waits first; returns false if none waits. */
    boolean wakesFirst();
  }

  /**
   * Takes an idle connection for {@code group}; null if there is none, or if another group has
   * waited longer. Then a caller of the group is woken when it is the group's turn.
   */
  synchronized @Nullable Place tryTake(Group group) {
    if (!wanting.contains(group)) {
      wanting.add(group);
    }
    while (wanting.element() != group && !wanting.element().wakesFirst()) {
      wanting.remove(); // its callers were served with a connection that it had before
    }
    if (idle.isEmpty() || wanting.element() != group) {
      return null;
    }
    wanting.remove();
    return idle.remove();
  }

  /**
   * Gives a connection back that {@code group} had, of which callers may still wait: a call has a
   * limited number of members. The group that has waited longest is woken.
   */
  synchronized void give(Place place, Group group) {
    idle.add(place);
    if (!wanting.contains(group)) {
      wanting.add(group);
    }
    while (!wanting.isEmpty() && !wanting.element().wakesFirst()) {
      wanting.remove();
    }
  }

  CommitUnknownException unknown(Throwable failure) {
    return errors.commitUnknown(failure);
  }

  /** Closes the connections; those that are away are closed when they come back. */
  synchronized void close() {
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
      if (open != null && !isAlive(open)) {
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

    /** Asks the server after a while; before that, reads what it has sent by itself. */
    private boolean isAlive(Connection open) {
      try {
        var unused = open.unwrap(PGConnection.class).getNotifications();
        return System.nanoTime() - usedNanos <= IDLE_NANOS_MAX || open.isValid(ALIVE_SECONDS_MAX);
      } catch (SQLException e) {
        return false; // the server has ended the connection
      }
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

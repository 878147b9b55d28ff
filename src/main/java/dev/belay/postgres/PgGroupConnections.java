package dev.belay.postgres;

import dev.belay.engine.line.Reports;
import dev.belay.store.CommitUnknownException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections on which groups of verbs are sent. Safe for use by many threads.
 *
 * <p>Two: while the answer to one call is on its way, the next call can be sent. More make the
 * groups smaller, and cost more than they save.
 */
final class PgGroupConnections {
  static final int PLACES = 2;

  /** The idle time after which a connection is asked whether it is alive: 10 ms. */
  static final long IDLE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(10);

  private static final int ALIVE_SECONDS_MAX = 5;

  private final PgParts parts;
  private final Queue<Place> idle = new ArrayDeque<>();
  private final Queue<Group> wanting = new ArrayDeque<>();

  PgGroupConnections(PgParts parts) {
    this.parts = parts;
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

  /** Closes the connections; those that are away are closed when they come back. */
  synchronized void close() {
    for (Place place = idle.poll(); place != null; place = idle.poll()) {
      place.close();
    }
  }

  /** Returns the text of a call: {@code statement} in a transaction of its own. */
  String text(String statement) {
    return String.join("; ", PgBegin.BEGIN, parts.begins().group(), statement, "COMMIT");
  }

  /** Sets the parameters of a call. Returns the reader of its answer. */
  interface Call {
    PgArrays.Reader fill(PgArrays call) throws SQLException;
  }

  /** A connection, opened when it is needed. Belongs to the thread that took it. */
  final class Place {
    private @Nullable Connection connection;
    private long usedNanos;

    /**
     * Sends a call. Returns false if nothing of it has lasted.
     *
     * @throws CommitUnknownException if the connection was lost under way
     */
    boolean send(String text, Call call) {
      boolean sent = false;
      try {
        Connection open = connection();
        try (PreparedStatement statement = open.prepareStatement(text)) {
          PgArrays arrays = new PgArrays(open, statement);
          PgArrays.Reader reader = call.fill(arrays);
          sent = true;
          var unused = parts.serverClock().begun(arrays.execute(reader));
        }
        return true;
      } catch (Throwable e) {
        undo();
        if (sent
            && (!(e instanceof SQLException refused) || PgFailures.isConnectionLost(refused))) {
          throw parts.errors().commitUnknown(e);
        }
        return false;
      }
    }

    /** Returns the connection, in no transaction. */
    private Connection connection() throws SQLException {
      Connection open = connection;
      if (open != null && !isAlive(open)) {
        close();
        open = null;
      }
      if (open == null) {
        open = parts.source().open();
        connection = open;
        open.setAutoCommit(true); // a call has its own BEGIN and COMMIT
      }
      usedNanos = System.nanoTime();
      return open;
    }

    /**
     * Asks the server after a while: it may have ended the connection, and a call must not see it.
     */
    private boolean isAlive(Connection open) throws SQLException {
      return System.nanoTime() - usedNanos <= IDLE_NANOS_MAX || open.isValid(ALIVE_SECONDS_MAX);
    }

    /** Ends the transaction of a call that failed, or the connection. */
    private void undo() {
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

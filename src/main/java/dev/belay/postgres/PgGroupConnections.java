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

  /** How a call commits. */
  enum Commit {
    /** In a round trip of its own, so that a COMMIT without an answer can be looked up. */
    LOOKED_UP,
    /** With the call. For members that can be sent again. */
    AT_ONCE
  }

  /** The text of a call, for each way to commit. Immutable, safe for use by many threads. */
  record Text(String lookedUp, String atOnce) {
    static Text of(PgBegin begins, String statement) {
      return new Text(
          begins.verb() + "; " + statement, begins.group() + "; " + statement + "; COMMIT");
    }
  }

  /** Sets the parameters of a call. Returns the reader of its answer. */
  interface Call {
    PgArrays.Reader fill(PgArrays call) throws SQLException;
  }

  /** A connection, opened when it is needed. Belongs to the thread that took it. */
  final class Place {
    private @Nullable Connection connection;
    private String life = "";
    private long usedNanos;

    /**
     * Sends a call in a transaction of its own. Returns whether it has lasted.
     *
     * @throws CommitUnknownException if the server cannot say, or was not asked for its id
     */
    boolean send(Text text, Commit commit, Call call) {
      PgBegin.Begun begun = PgBegin.Begun.NONE;
      boolean committing = false;
      try {
        Connection open = connection();
        String sql = commit == Commit.AT_ONCE ? text.atOnce : text.lookedUp;
        try (PreparedStatement statement = open.prepareStatement(sql)) {
          PgArrays arrays = new PgArrays(open, statement);
          PgArrays.Reader reader = call.fill(arrays);
          committing = commit == Commit.AT_ONCE;
          begun = arrays.execute(life, reader);
        }
        committing = true;
        open.commit();
        var unused = parts.serverClock().begun(begun);
        return true;
      } catch (Throwable e) {
        undo();
        return committing && !isRefused(e) && hasLasted(begun, e);
      }
    }

    private static boolean isRefused(Throwable failure) {
      return failure instanceof SQLException e && !PgFailures.isConnectionLost(e);
    }

    private boolean hasLasted(PgBegin.Begun begun, Throwable failure) {
      Boolean lasted = begun.xid() == null ? null : new PgCommitLookup(parts).lasted(begun);
      if (lasted == null) {
        throw parts.errors().commitUnknown(failure);
      }
      return lasted;
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
        open.setAutoCommit(true);
        try (Statement statement = open.createStatement()) {
          life = PgBegin.life(statement);
        }
        open.setAutoCommit(false); // the driver sends BEGIN with the first statement
      }
      usedNanos = System.nanoTime();
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

    /** Ends the transaction of a call that failed, or the connection. */
    private void undo() {
      try {
        if (connection != null) {
          connection.rollback();
        }
      } catch (SQLException e) {
        close();
      }
    }

    private void close() {
      Connection open = connection;
      connection = null;
      try {
        if (open != null && parts.begins().isBorrowed() && !open.isClosed()) {
          open.setAutoCommit(true); // as pools lend them
        }
      } catch (SQLException e) {
        Reports.report(e);
      }
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

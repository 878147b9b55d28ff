package dev.belay.postgres;

import dev.belay.engine.line.Reports;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

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
  private boolean closed;

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

    /** Wakes all callers that wait. */
    void wakesAll();
  }

  /**
   * Takes an idle connection for {@code group}; null if there is none, or if another group has
   * waited longer. Then a caller of the group is woken when it is the group's turn.
   */
  synchronized @Nullable Place tryTake(Group group) {
    wants(group);
    while (wanting.element() != group && !wanting.element().wakesFirst()) {
      wanting.remove(); // its callers were served with a connection that it had before
    }
    if (idle.isEmpty() || wanting.element() != group) {
      return null;
    }
    wanting.remove();
    Place place = idle.remove();
    if (!idle.isEmpty()) {
      wakesNext(); // when both came back, the same caller was woken twice
    }
    return place;
  }

  /**
   * Gives a connection back that {@code group} had, of which callers may still wait: a call has a
   * limited number of members. The group that has waited longest is woken.
   */
  synchronized void give(Place place, Group group) {
    wants(group);
    if (closed) {
      place.close();
      wanting.forEach(Group::wakesAll);
    } else {
      place.usedNanos = System.nanoTime();
      idle.add(place);
      wakesNext();
    }
  }

  /** Wakes the group that has waited longest, if a connection is idle. */
  synchronized void wakesOther(Group group) {
    wants(group);
    if (!idle.isEmpty()) {
      wakesNext();
    }
  }

  private void wants(Group group) {
    if (!wanting.contains(group)) {
      wanting.add(group);
    }
  }

  private void wakesNext() {
    while (!wanting.isEmpty() && !wanting.element().wakesFirst()) {
      wanting.remove();
    }
    notifyAll(); // see settle
  }

  /**
   * Waits until no caller waits, and no connection is away, at most until {@code deadline} (of
   * {@code nanoTime}); not at all once it is closed. Returns false after an interrupt, which ends
   * the wait.
   */
  synchronized boolean settle(long deadline) {
    try {
      wakesNext();
      while (!closed
          && (idle.size() < PLACES || !wanting.isEmpty())
          && deadline - System.nanoTime() > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Closes the connections; one that is away is closed when it comes back. Wakes all callers. */
  synchronized void close() {
    closed = true;
    for (Place place = idle.poll(); place != null; place = idle.poll()) {
      place.close();
    }
    wanting.forEach(Group::wakesAll);
  }

  /** Returns whether no connection will be given out any more. */
  synchronized boolean isClosed() {
    return closed;
  }

  /** Returns what is thrown to a caller whose call ended with {@code failure} under way. */
  CommitUnknownException unknown(Throwable failure) {
    return parts.errors().commitUnknown(failure);
  }

  /** Returns the text of a call: {@code statement} in a transaction of its own. */
  String text(String statement) {
    return parts.begins().call(statement);
  }

  /** Sets the parameters of a call. Returns the reader of its answer. */
  interface Call {
    PgArrays.Reader fill(PgArrays call) throws SQLException;
  }

  /** A connection, opened when it is needed. Belongs to the thread that took it. */
  final class Place {
    private @Nullable Connection connection;
    private PgPlanAge plans = new PgPlanAge();
    private long usedNanos;

    /** Sends a call. Returns false if nothing of it has lasted. It may have if this throws. */
    boolean send(String text, Call call) throws SQLException {
      boolean sent = false;
      try {
        Connection open = connection();
        try (PreparedStatement statement = open.prepareStatement(plans.text(text))) {
          PgArrays arrays = new PgArrays(parts, open, statement);
          PgArrays.Reader reader = call.fill(arrays);
          sent = true;
          arrays.execute(reader);
        }
        return true;
      } catch (Throwable e) {
        boolean refused = isRefused(e);
        if (refused) {
          undo();
        } else {
          end();
        }
        if (sent && !refused) {
          throw e;
        }
        if (!(e instanceof SQLException || e instanceof StoreException)) {
          Reports.report(e); // the callers do not learn of it, because they run alone
        }
        return false;
      }
    }

    /**
     * Returns whether the server answered that the transaction of a call has failed. Only then has
     * it not committed. The state is that of the server's last answer: if it ended the connection
     * instead, or if the driver failed later, the state is as before the BEGIN or after the COMMIT.
     */
    private boolean isRefused(Throwable e) {
      Connection open = connection;
      try {
        return e instanceof SQLException
            && open != null
            && (isError(e)
                || open.unwrap(BaseConnection.class).getTransactionState()
                    != TransactionState.IDLE);
      } catch (Throwable unanswered) {
        e.addSuppressed(unanswered);
        return false;
      }
    }

    /** Returns whether the server said that it has refused a statement, which may be the COMMIT. */
    private static boolean isError(Throwable e) {
      ServerErrorMessage told =
          e instanceof PSQLException failed ? failed.getServerErrorMessage() : null;
      return told != null && "ERROR".equals(told.getSeverity());
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
        plans = new PgPlanAge();
        open.setAutoCommit(true); // a call has its own BEGIN and COMMIT
      }
      return open;
    }

    /**
     * Asks the server after a while: it may have ended the connection, and a call must not see it.
     */
    private boolean isAlive(Connection open) throws SQLException {
      return System.nanoTime() - usedNanos <= IDLE_NANOS_MAX || open.isValid(ALIVE_SECONDS_MAX);
    }

    /** Ends the transaction of a call that the server refused, or the connection. */
    private void undo() {
      Connection open = connection;
      if (open == null) {
        return;
      }
      try (Statement statement = open.createStatement()) {
        statement.execute("ROLLBACK");
      } catch (Throwable e) {
        end();
      }
    }

    /**
     * Ends a connection that may be within an answer: what is read next would be taken for the
     * answer to the next call. A pool must not lend it again.
     */
    private void end() {
      drops(PgSource::end);
    }

    private void close() {
      drops(Connection::close);
    }

    private void drops(Drop drop) {
      Connection open = connection;
      connection = null;
      try {
        if (open != null) {
          drop.of(open);
        }
      } catch (Throwable e) {
        Reports.report(e);
      }
    }
  }

  private interface Drop {
    void of(Connection connection) throws SQLException;
  }
}

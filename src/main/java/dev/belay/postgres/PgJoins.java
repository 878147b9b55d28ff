package dev.belay.postgres;

import dev.belay.engine.StoreEngine.Event;
import dev.belay.engine.jdbc.BodyEdge;
import dev.belay.engine.jdbc.BodyTx;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.Threads;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * The transactions of hosts that Belay has joined. Safe for use by many threads.
 *
 * <p>How such a transaction ends is not reported to Belay. While there are any, a thread asks the
 * server four times a second, and then runs their signals and hooks.
 */
final class PgJoins {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Verbs lock a row and then read what was committed before. These two are one to the server. */
  private static final Set<String> ISOLATIONS = Set.of("read committed", "read uncommitted");

  private static final String JOIN =
      """
      SELECT pg_current_xact_id()::text,
             floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
             COALESCE(to_regclass('belay_work') = to_regclass(?), false), life,
             current_setting('transaction_isolation')
      FROM  (\
      """
          + PgBegin.ASK_LIFE
          + ") AS server";

  private final PgParts parts;
  private final String table;
  private final Map<BodyTx, Joined> joined = new ConcurrentHashMap<>();
  private @Nullable Thread looking;
  private boolean closed;

  /**
   * Creates the registry without a thread.
   *
   * @param schema the quoted name of the schema with the tables
   */
  PgJoins(PgParts parts, String schema) {
    this.parts = parts;
    this.table = schema + ".belay_work";
  }

  private record Joined(PgBegin.Begun begun, PgHostTransaction transaction) {}

  /** Joins the transaction on a connection of the host. */
  BodyTx join(Connection host) {
    try {
      if (!host.isWrapperFor(BaseConnection.class)) {
        throw new IllegalArgumentException(
            "join: the connection is not one of the driver org.postgresql:postgresql");
      }
      if (host.getAutoCommit()) {
        throw new IllegalArgumentException(
            "join: the connection is in no transaction, it commits each statement by itself");
      }
      try (PreparedStatement statement = host.prepareStatement(JOIN)) {
        statement.setString(1, table);
        long sentNanos = System.nanoTime();
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          if (!row.getBoolean(3)) {
            throw new IllegalArgumentException(
                "join: the search path of the connection does not find the tables of "
                    + parts.errors().store());
          }
          String isolation = row.getString(5);
          if (!ISOLATIONS.contains(isolation)) {
            throw new IllegalArgumentException(
                "join: the transaction must be READ COMMITTED, and is "
                    + isolation.toUpperCase(Locale.ROOT));
          }
          PgBegin.Begun begun =
              new PgBegin.Begun(
                  row.getString(1), row.getLong(2), row.getString(4), sentNanos, System.nanoTime());
          return joined(host, begun);
        }
      }
    } catch (SQLException e) {
      throw parts.errors().operating("joining a transaction", e);
    }
  }

  private BodyTx joined(Connection host, PgBegin.Begun begun) {
    Instant now = parts.now(begun);
    PgHostTransaction transaction =
        new PgHostTransaction(host, parts.errors(), Objects.requireNonNull(begun.xid()));
    BoundConnection connection =
        new BoundConnection(
            PgConnectionDriver.joined(transaction, parts),
            parts.jdbi(),
            parts.errors(),
            FaultPoints.NONE,
            new BodyEdge(true));
    BodyTx tx = BodyTx.joined(connection, parts.store(), now);
    joined.put(tx, new Joined(begun, transaction));
    look();
    return tx;
  }

  /** Returns the transaction of a joined Tx; null if {@code tx} is not one. */
  @Nullable PgHostTransaction transactionOf(Object tx) {
    Joined found = joined.get(tx);
    return found == null ? null : found.transaction();
  }

  private synchronized void look() {
    if (!closed && (looking == null || !looking.isAlive())) {
      Thread starting = Threads.daemon("belay-join", this::run);
      starting.start();
      looking = starting;
    }
  }

  private void run() {
    while (goesOn()) {
      LockSupport.parkNanos(this, LOOK_NANOS);
      try {
        settleEnded();
      } catch (Throwable e) { // the next look may succeed
        Reports.report(e);
      }
    }
  }

  private synchronized boolean goesOn() {
    if (!closed && !joined.isEmpty()) {
      return true;
    }
    looking = null;
    return false;
  }

  private void settleEnded() throws SQLException {
    List<BodyTx> open = new ArrayList<>(joined.keySet());
    try (Connection connection = parts.source().open();
        PreparedStatement status = connection.prepareStatement(PgBegin.ASK_STATUS)) {
      for (BodyTx tx : open) {
        Joined found = joined.get(tx);
        if (found != null) {
          status.setString(1, found.begun().life());
          status.setString(2, found.begun().xid());
          try (ResultSet row = status.executeQuery()) {
            row.next();
            String ended = row.getString(1);
            if (!"in progress".equals(ended)) {
              joined.remove(tx);
              settle(tx, "committed".equals(ended) ? Event.COMMIT : Event.OUTCOME);
            }
          }
        }
      }
    }
  }

  private void settle(BodyTx tx, Event reached) {
    Reports.runQuietly(() -> tx.joinedEnded(reached, parts.callbacks()));
    if (reached == Event.COMMIT) {
      parts.committed().run();
    }
  }

  void close() {
    Thread ending;
    synchronized (this) {
      closed = true;
      ending = looking;
    }
    if (ending != null) {
      LockSupport.unpark(ending);
      Threads.joinUninterruptibly(ending);
    }
  }
}

package dev.belay.testing;

import dev.belay.store.Tx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.jspecify.annotations.Nullable;

/** Statements that fail inside a body. Stateless, safe for use by many threads. */
public final class TxFailures {
  /** A query with so many rows that the driver does not fetch them all at once. */
  private static final String ROWS =
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
          + " SELECT i FROM n";

  private TxFailures() {}

  /** Keeps the JDBC statement of a query or an update of JDBI, as a watchdog does. */
  public static final class Keeper implements StatementCustomizer {
    private final AtomicReference<@Nullable PreparedStatement> kept = new AtomicReference<>();

    @Override
    public void beforeExecution(PreparedStatement statement, StatementContext context) {
      kept.set(statement);
    }

    /** Returns the statement that was executed last. */
    public PreparedStatement statement() {
      PreparedStatement statement = kept.get();
      if (statement == null) {
        throw new IllegalStateException("no statement was executed");
      }
      return statement;
    }
  }

  /** Throws as a query of JDBI that is cancelled between two of its rows. */
  public static void cancelledQuery(Tx tx) throws SQLException {
    Keeper keeper = new Keeper();
    Iterator<Long> rows =
        tx.handle().createQuery(ROWS).addCustomizer(keeper).mapTo(Long.class).iterator();
    rows.next();
    keeper.statement().cancel();
    while (rows.hasNext()) {
      rows.next();
    }
  }

  /**
   * Throws as {@code sql} does when it is cancelled immediately. The cancelled statement still has
   * unread rows, and a database may also stop each statement that begins before they are read.
   */
  public static void cancelledAtOnce(Tx tx, String sql) throws SQLException {
    Keeper keeper = new Keeper();
    Iterator<Long> rows =
        tx.handle().createQuery(ROWS).addCustomizer(keeper).mapTo(Long.class).iterator();
    rows.next();
    keeper.statement().cancel();
    tx.handle().execute(sql);
  }

  /** Throws as a query of JDBC that is cancelled between two of its rows. */
  public static void cancelledRawQuery(Tx tx) throws SQLException {
    Statement statement = tx.handle().getConnection().createStatement();
    ResultSet rows = statement.executeQuery(ROWS);
    rows.next();
    statement.cancel();
    while (rows.next()) {
      rows.getLong(1);
    }
  }
}

package dev.belay.sqlite;

import dev.belay.engine.StoreEngine;
import dev.belay.store.Finding;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import dev.belay.store.StoreInterruptedException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/**
 * Finds what only SQLite can find: the shape of the tables, foreign keys of the application, and
 * damaged pages. Safe for use by many threads.
 *
 * <p>It has a connection of its own, that only reads: no other body waits for it. A store in memory
 * has one connection for everything.
 */
final class FileCheck {
  /** The steps of SQLite's virtual machine between two looks at whether to go on. */
  private static final int STEPS_PER_LOOK = 10_000;

  private final StoreParts parts;
  private final StoreEngine store;
  private volatile boolean closed;
  private int running;

  FileCheck(StoreParts parts, StoreEngine store) {
    this.parts = parts;
    this.store = store;
  }

  /** As {@link StoreEngine#check}. */
  void run(Finding.Scope scope, Consumer<Finding> to) {
    store.requireOutsideBody("check");
    if (parts.hold() == null) {
      store.useRead(tx -> check(tx.handle().getConnection(), scope, to));
      return;
    }
    begin();
    try {
      onItsOwn(scope, to);
    } finally {
      end();
    }
  }

  private void onItsOwn(Finding.Scope scope, Consumer<Finding> to) {
    try (SQLiteConnection connection = parts.openToCheck()) {
      ProgressHandler.setHandler(
          connection,
          STEPS_PER_LOOK,
          new ProgressHandler() {
            @Override
            protected int progress() {
              return isCancelled() ? 1 : 0; // 1 interrupts the statement
            }
          });
      try {
        check(connection, scope, to);
      } finally {
        ProgressHandler.clearHandler(connection);
      }
    } catch (SQLException e) {
      failed("the file", e, to);
    }
  }

  private boolean isCancelled() {
    return closed || Thread.currentThread().isInterrupted();
  }

  private void check(Connection connection, Finding.Scope scope, Consumer<Finding> to) {
    try {
      SchemaShape.check(connection, to);
      for (String table : tables(connection)) {
        if (!table.startsWith("belay_")) { // these are checked row by row
          foreignKeys(connection, table, to);
        }
      }
      if (scope == Finding.Scope.PAGES) {
        pages(connection, to);
      }
    } catch (SQLException e) {
      failed("the file", e, to);
    }
  }

  private static List<String> tables(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return ForeignKeys.tables(statement, "%");
    }
  }

  private void foreignKeys(Connection connection, String table, Consumer<Finding> to) {
    String subject = "table " + table;
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT \"rowid\", parent FROM pragma_foreign_key_check('"
                    + table.replace("'", "''")
                    + "') LIMIT "
                    + (Finding.MAX + 1))) {
      while (row.next()) {
        String rowid = row.getString(1);
        to.accept(
            new Finding(
                "foreign-key",
                subject,
                (rowid == null ? "a row" : "row " + rowid)
                    + " refers to a row of "
                    + row.getString(2)
                    + " that does not exist"));
      }
    } catch (SQLException e) {
      if (BackupCheck.isOfAStatement(e)) {
        to.accept(new Finding("foreign-key", subject, "has a foreign key that cannot be checked"));
      } else {
        failed(subject, e, to);
      }
    }
  }

  private void pages(Connection connection, Consumer<Finding> to) {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT integrity_check FROM pragma_integrity_check")) { // 100 rows at most
      while (row.next()) {
        if (!"ok".equals(row.getString(1))) {
          to.accept(new Finding("pages", "the file", row.getString(1).strip()));
        }
      }
    } catch (SQLException e) {
      failed("the file", e, to);
    }
  }

  /** Turns damage into a finding. Any other failure ends the check. */
  private void failed(String subject, SQLException e, Consumer<Finding> to) {
    if (closed) {
      throw new StoreClosedException(parts.name() + ": check: the store was closed", e);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new StoreInterruptedException(parts.name() + ": check: interrupted", e);
    }
    StoreException failure = parts.errors().operating("the check", e);
    if (!(failure instanceof StoreCorruptException)) {
      throw failure;
    }
    to.accept(new Finding("unreadable", subject, String.valueOf(failure.getMessage())));
  }

  private synchronized void begin() {
    if (closed) {
      throw new StoreClosedException(parts.name() + ": the store is closed", null);
    }
    running++;
  }

  private synchronized void end() {
    running--;
    notifyAll();
  }

  /** Ends the running checks, and waits for that until {@code deadline} (of {@code nanoTime}). */
  synchronized void close(long deadline) {
    closed = true;
    boolean interrupted = false;
    long left = deadline - System.nanoTime();
    while (left > 0 && running > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        interrupted = true; // the checks end soon, and the wait is bounded
      }
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.belay.benchmarks.queue;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * The pool that peers get their connections from. Safe for use by many threads.
 *
 * <p>Closing a connection gives it back, with its auto-commit on again. It does nothing else, so
 * that it costs a peer less than a pool of the trade would; the connection used last is lent first,
 * while its caches are warm.
 */
public final class ConnectionPool implements DataSource, AutoCloseable {
  /** Opens a connection. */
  public interface Opener {
    /** A new one. */
    Connection open() throws SQLException;
  }

  private final List<Connection> all = new ArrayList<>();
  private final LinkedBlockingDeque<Connection> idle = new LinkedBlockingDeque<>();

  /** Opens {@code size} connections. */
  public ConnectionPool(int size, Opener opener) throws SQLException {
    for (int i = 0; i < size; i++) {
      all.add(opener.open());
    }
    idle.addAll(all);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection lent = take();
    return (Connection)
        Proxy.newProxyInstance(
            ConnectionPool.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                giveBack(lent);
                return null;
              }
              try {
                return method.invoke(lent, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Connection take() throws SQLException {
    try {
      return idle.takeFirst();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while waiting for a connection", e);
    }
  }

  private void giveBack(Connection lent) throws SQLException {
    try {
      if (!lent.getAutoCommit()) {
        lent.rollback();
        lent.setAutoCommit(true);
      }
    } finally {
      idle.addFirst(lent);
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection each : all) {
      each.close();
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}

package dev.belay.postgres;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A DataSource without a pool, which counts the connections that are open and prepares each. Safe
 * for use by many threads.
 */
final class CountedSource implements DataSource {
  /** What is done with each connection before it is handed out. */
  interface Preparation {
    void prepare(Connection connection) throws SQLException;
  }

  private final PGSimpleDataSource source = new PGSimpleDataSource();
  private final Preparation preparation;
  private final Map<Connection, Throwable> open = new ConcurrentHashMap<>();
  private volatile boolean deaf;
  private final AtomicInteger most = new AtomicInteger();

  private CountedSource(String url, Preparation preparation) {
    this.source.setURL(url);
    this.preparation = preparation;
  }

  /** One on whose connections LISTEN does nothing, as behind a pooler. */
  static CountedSource deaf(String url) {
    CountedSource source = new CountedSource(url, connection -> {});
    source.deaf = true;
    return source;
  }

  static CountedSource of(String url, Preparation preparation) {
    return new CountedSource(url, preparation);
  }

  /** The number of connections that are open. */
  int open() {
    return open.size();
  }

  /** Where the connections were opened that are open. */
  String origins() {
    StringWriter text = new StringWriter();
    open.values().forEach(origin -> origin.printStackTrace(new PrintWriter(text)));
    return text.toString();
  }

  /** The largest number of connections that were open at once. */
  int most() {
    return most.get();
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = source.getConnection();
    preparation.prepare(connection);
    open.put(connection, new Throwable(Thread.currentThread().getName()));
    most.accumulateAndGet(open.size(), Math::max);
    return proxy(
        Connection.class,
        (method, arguments) -> {
          if (method.getName().equals("close")) {
            open.remove(connection);
          }
          Object result = method.invoke(connection, arguments);
          return deaf && method.getName().equals("createStatement")
              ? deaf((Statement) result)
              : result;
        });
  }

  private static Statement deaf(Statement statement) {
    return proxy(
        Statement.class,
        (method, arguments) ->
            method.getName().equals("execute") && arguments[0].toString().startsWith("LISTEN")
                ? (Object) false
                : method.invoke(statement, arguments));
  }

  private interface Call {
    Object of(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            CountedSource.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return call.of(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new UnsupportedOperationException();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return source.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    source.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    source.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return source.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return source.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return source.isWrapperFor(type);
  }
}

package dev.belay.benchmarks.queue;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * A statement of one of Belay's DAOs, for plain JDBC. Belongs to the connection's owner.
 *
 * <p>The text is read from the DAO, so that the raw peers run the very statements that Belay runs,
 * also tomorrow. SQLite numbers named parameters in the order of their first appearance.
 */
final class DaoStatement {
  private DaoStatement() {}

  /** A DAO that only Belay itself sees, which stands beside {@code neighbour}. */
  static Class<?> ofPackage(Class<?> neighbour, String dao) {
    try {
      return Class.forName(neighbour.getPackageName() + "." + dao);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("Belay has no " + dao, e);
    }
  }

  static PreparedStatement prepare(Connection connection, Class<?> dao, String method)
      throws SQLException {
    Method[] found =
        Arrays.stream(dao.getMethods())
            .filter(each -> each.getName().equals(method))
            .toArray(Method[]::new);
    if (found.length != 1) {
      throw new IllegalStateException(
          dao.getSimpleName() + " has " + found.length + " methods named " + method);
    }
    return connection.prepareStatement(sql(found[0]));
  }

  private static String sql(Method method) {
    SqlQuery query = method.getAnnotation(SqlQuery.class);
    return query == null ? method.getAnnotation(SqlUpdate.class).value() : query.value();
  }

  /**
   * Binds in the order of first appearance; null is NULL.
   *
   * @throws IllegalStateException if the statement takes another number of values, as it does when
   *     the DAO has changed
   */
  static PreparedStatement bind(PreparedStatement statement, Object... values) throws SQLException {
    int parameters = statement.getParameterMetaData().getParameterCount(); // the driver's own field
    if (parameters != values.length) {
      throw new IllegalStateException(
          parameters + " values wanted, " + values.length + " given: " + statement);
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof Long number) {
        statement.setLong(i + 1, number);
      } else if (values[i] instanceof Integer number) {
        statement.setInt(i + 1, number);
      } else {
        statement.setString(i + 1, (String) values[i]);
      }
    }
    return statement;
  }

  /** The first column of the only row. */
  static long number(PreparedStatement statement, Object... values) throws SQLException {
    try (ResultSet row = bind(statement, values).executeQuery()) {
      if (!row.next()) {
        throw new SQLException("a row was expected");
      }
      long number = row.getLong(1);
      row.next(); // to its end, where RETURNING is done
      return number;
    }
  }

  static int update(PreparedStatement statement, Object... values) throws SQLException {
    return bind(statement, values).executeUpdate();
  }
}

package dev.belay.testing;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * The annotated statements of DAOs, and the database's plans for them on the migrated schema.
 * Belongs to the thread that made it.
 */
public final class DaoStatements implements AutoCloseable {
  private final Map<String, String> statements = new TreeMap<>();
  private final Connection connection;

  /**
   * Reads the statements of {@code daos}, by {@code Dao.method}; for an overloaded method by {@code
   * Dao.method/2}, with the number of parameters.
   */
  public DaoStatements(Class<?>... daos) throws SQLException, IOException {
    for (Class<?> dao : daos) {
      List<String> methods = Stream.of(dao.getMethods()).map(Method::getName).toList();
      for (Method method : dao.getMethods()) {
        if (method.isDefault()) {
          continue; // it calls the others
        }
        boolean overloaded = Collections.frequency(methods, method.getName()) > 1;
        String suffix = overloaded ? "/" + method.getParameterCount() : "";
        add(dao.getSimpleName() + "." + method.getName() + suffix, method);
      }
    }
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Stream<Path> scripts = Files.list(Path.of("src/main/resources/db/migration"));
        Statement statement = connection.createStatement()) {
      for (Path script : scripts.sorted().toList()) {
        statement.executeUpdate(Files.readString(script));
      }
    }
  }

  private void add(String name, Method method) {
    SqlQuery query = method.getAnnotation(SqlQuery.class);
    SqlUpdate update = method.getAnnotation(SqlUpdate.class);
    if ((query == null) == (update == null)) {
      throw new IllegalArgumentException(method + " needs one annotated statement");
    }
    String sql = query != null ? query.value() : update != null ? update.value() : "";
    if (statements.put(name, sql) != null) {
      throw new IllegalArgumentException(name + " is overloaded");
    }
  }

  /** Returns the names of the statements, sorted. */
  public List<String> names() {
    return List.copyOf(statements.keySet());
  }

  /** Returns the opcodes of a statement; throws if the statement does not fit the schema. */
  public List<String> compile(String name) throws SQLException {
    return explain("EXPLAIN ", name, "opcode");
  }

  /** Returns the steps by which a statement walks the tables. */
  public List<String> plan(String name) throws SQLException {
    return explain("EXPLAIN QUERY PLAN ", name, "detail");
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private List<String> explain(String how, String name, String column) throws SQLException {
    String sql = statements.get(name);
    if (sql == null) {
      throw new IllegalArgumentException("no statement " + name + " among " + names());
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(how + sql)) {
      List<String> details = new ArrayList<>();
      while (rows.next()) {
        details.add(rows.getString(column));
      }
      return details;
    }
  }
}

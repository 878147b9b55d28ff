package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every statement compiles against the migrated schema, and walks the tables by the index it was
 * written for: a scan of the log would go unnoticed until the log is long.
 */
class SessionDaoStatementsTest {
  private Connection connection;

  @BeforeEach
  void migrate() throws SQLException, IOException {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Stream<Path> scripts = Files.list(Path.of("src/main/resources/db/migration"));
        Statement statement = connection.createStatement()) {
      for (Path script : scripts.sorted().toList()) {
        statement.executeUpdate(Files.readString(script));
      }
    }
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void every_statement_compiles() throws SQLException {
    Map<String, String> statements = statements();

    assertThat(statements).hasSizeGreaterThan(15);
    for (String sql : statements.values()) {
      try (Statement statement = connection.createStatement();
          ResultSet program = statement.executeQuery("EXPLAIN " + sql)) {
        assertThat(program.next()).as(sql).isTrue();
      }
    }
  }

  @Test
  void no_statement_scans_a_table() throws SQLException {
    for (Map.Entry<String, String> statement : statements().entrySet()) {
      assertThat(plan(statement.getValue()))
          .as(statement.getKey())
          .noneMatch(step -> step.startsWith("SCAN") && !isMeant(step));
    }
  }

  @Test
  void no_statement_sorts() throws SQLException {
    for (Map.Entry<String, String> statement : statements().entrySet()) {
      assertThat(plan(statement.getValue()))
          .as(statement.getKey())
          .noneMatch(step -> step.contains("TEMP B-TREE"));
    }
  }

  @Test
  void the_hot_statements_use_their_indexes() throws SQLException {
    String byId = "USING INDEX sqlite_autoindex_belay_session_1 (id=?)";
    String byNo = "USING INTEGER PRIMARY KEY (rowid=?)";
    String bySeq = "USING INDEX sqlite_autoindex_belay_session_event_1 (session_no=? AND seq=?)";

    assertThat(plan("head/1")).singleElement().asString().endsWith(byId);
    assertThat(plan("head/2")).hasSize(2).first().asString().endsWith(byId);
    assertThat(plan("head/2"))
        .last()
        .asString()
        .contains("USING PRIMARY KEY (session_no=? AND operation_id=?)");
    assertThat(plan("advance")).singleElement().asString().endsWith(byNo);
    assertThat(plan("seqOf"))
        .singleElement()
        .asString()
        .contains("USING INDEX belay_session_event_id (session_no=? AND event_id=?)");
    assertThat(plan("path")).filteredOn(step -> step.endsWith(bySeq)).hasSize(3);
    assertThat(plan("events"))
        .last()
        .asString()
        .endsWith("sqlite_autoindex_belay_session_event_1 (session_no=? AND seq>?)");
    assertThat(plan("list")).first().asString().contains("USING INDEX belay_session_live (id>?)");
    assertThat(plan("firstUnfreed")).singleElement().asString().contains("belay_session_unfreed");
    assertThat(plan("freeEvents"))
        .first()
        .asString()
        .endsWith("sqlite_autoindex_belay_session_event_1 (session_no=? AND seq<?)");
  }

  /** What is walked on purpose: the path, and an index that is empty but for work to do. */
  private static boolean isMeant(String step) {
    return step.equals("SCAN p")
        || step.equals("SCAN path")
        || step.equals("SCAN CONSTANT ROW")
        || step.equals("SCAN belay_session USING INDEX belay_session_unfreed");
  }

  private List<String> plan(String nameOrSql) throws SQLException {
    String sql = statements().getOrDefault(nameOrSql, nameOrSql);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
      Stream.Builder<String> steps = Stream.builder();
      while (rows.next()) {
        steps.add(rows.getString("detail"));
      }
      return steps.build().toList();
    }
  }

  /** By method name; overloads by name and number of parameters. */
  private static Map<String, String> statements() {
    Map<String, String> statements = new TreeMap<>();
    for (Class<?> dao : List.of(SessionDao.class, DeletedSessionDao.class)) {
      Map<String, Integer> overloads = new LinkedHashMap<>();
      for (Method method : dao.getMethods()) {
        overloads.merge(method.getName(), 1, Integer::sum);
      }
      for (Method method : dao.getMethods()) {
        SqlQuery query = method.getAnnotation(SqlQuery.class);
        SqlUpdate update = method.getAnnotation(SqlUpdate.class);
        assertThat(query == null).as(method.toString()).isNotEqualTo(update == null);
        boolean overloaded = overloads.getOrDefault(method.getName(), 0) > 1;
        statements.put(
            overloaded ? method.getName() + "/" + method.getParameterCount() : method.getName(),
            query != null ? query.value() : update != null ? update.value() : "");
      }
    }
    return statements;
  }
}

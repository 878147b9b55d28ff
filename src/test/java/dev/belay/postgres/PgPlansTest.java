package dev.belay.postgres;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: every statement of Belay walks an index, in its order, whatever the statistics say. Method:
 * the generic plan of each statement of each DAO, as PostgreSQL gets it, with the planner's
 * settings of Belay's verbs, in full tables that were analysed when they were empty or full.
 */
class PgPlansTest {
  private static final Pattern PARAMETER = Pattern.compile("(?<![:\\w]):(\\w+)");

  /** A scan of a whole table or index, and a sort of all that was found. */
  private static final Pattern WHOLE =
      Pattern.compile(
          "Index (?:Only )?Scan [^\\n]*\\n(?! *Index Cond)|(?<!Incremental )Sort  \\(|Seq Scan");

  /** A scan of an index, and its condition. */
  private static final Pattern CONDITION =
      Pattern.compile("Index (?:Only )?Scan (?:Backward )?using (\\w+) .*\\n *Index Cond: (.*)");

  private static final Path CLASSES = Path.of("target/classes");

  /**
   * What reads a bounded number of rows in another way: the largest of an index is its first row
   * from behind, the number of sessions is counted up to a limit, and of the claims of one call, at
   * most 256, all are sorted.
   */
  private static final Set<String> BOUNDED =
      Set.of(
          "EnqueueDao.largestId/0", "UnfreedDao.lastDueMs/0", "StatsDao.sessions/1", "call TAKE 1");

  private static final Map<Class<?>, String> TYPES =
      Map.of(
          long.class, "bigint",
          Long.class, "bigint",
          int.class, "integer",
          Integer.class, "integer",
          String.class, "text",
          byte[].class, "bytea");

  private final Map<String, String> statements = new TreeMap<>();
  private String url;

  private static final Pattern QUESTION = Pattern.compile("\\?");

  /** The arrays of members, and the names of their columns. */
  private static final Pattern ARRAYS =
      Pattern.compile("unnest\\([?, ]+\\)((?: WITH ORDINALITY)?\\s+AS \\w+\\()([^)]*)\\)");

  private static final Set<String> OF_TEXT =
      Set.of(
          "name", "holder", "queue", "lane", "type", "headers", "payload", "result", "worker", "op",
          "hash", "state");

  @BeforeEach
  void create() throws Exception {
    url = Server.newStore();
    PgDialect dialect = new PgDialect();
    for (Class<?> dao : daos()) {
      for (Method method : dao.getDeclaredMethods()) {
        SqlQuery query = method.getAnnotation(SqlQuery.class);
        SqlUpdate update = method.getAnnotation(SqlUpdate.class);
        String annotated = query != null ? query.value() : update != null ? update.value() : null;
        if (annotated != null) {
          String name = dao.getSimpleName() + "." + method.getName();
          statements.put(
              name + "/" + method.getParameterCount(),
              numbered(dialect.sql(name, annotated), method.getParameters()));
        }
      }
    }
    assertThat(statements).hasSizeGreaterThan(90);
    for (Class<?> texts : List.of(PgGroupSql.class, PgLaneSql.class, PgLeaseSql.class)) {
      addCalls(texts);
    }
    assertThat(statements).hasSizeGreaterThan(100);
  }

  /** Adds the statements of calls, of which some are two or three in one text. */
  private void addCalls(Class<?> texts) throws IllegalAccessException {
    for (Field text : texts.getDeclaredFields()) {
      if (!Modifier.isPrivate(text.getModifiers())) {
        int part = 0;
        for (String sql : ((String) text.get(null)).split(";", -1)) {
          statements.put("call " + text.getName() + " " + ++part, numberedCall(sql));
        }
      }
    }
  }

  /** A statement of a call with the parameters of the server, its arrays with their types. */
  private static String numberedCall(String sql) {
    String typed =
        ARRAYS
            .matcher(sql)
            .replaceAll(
                match -> {
                  String[] columns = match.group(2).split(",\\s*", -1);
                  boolean numbered = match.group(1).contains("ORDINALITY");
                  String arrays =
                      Stream.of(columns)
                          .limit(numbered ? columns.length - 1 : columns.length)
                          .map(column -> "?::" + typeOf(column, match.group(2)) + "[]")
                          .collect(joining(", "));
                  return "unnest(" + arrays + ")" + match.group(1) + match.group(2) + ")";
                });
    AtomicInteger number = new AtomicInteger();
    return QUESTION.matcher(typed).replaceAll(match -> "\\$" + number.incrementAndGet());
  }

  private static String typeOf(String column, String columns) {
    if (column.equals("id")) {
      return columns.contains("expected") ? "text" : "bigint"; // of a session, or of work
    }
    return OF_TEXT.contains(column) ? "text" : "bigint";
  }

  @AfterEach
  void drop() {
    Server.drop(url);
  }

  private static List<Class<?>> daos() throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES.resolve("dev/belay"))) {
      return files
          .filter(file -> file.toString().endsWith("Dao.class"))
          .filter(file -> !file.endsWith("TokenDao.class")) // PgNumbers is in its place
          .<Class<?>>map(PgPlansTest::classOf)
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Class<?> classOf(Path file) {
    String name = CLASSES.relativize(file).toString().replace('/', '.').replace(".class", "");
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void every_statement_walks_an_index_though_the_tables_were_analysed_when_they_were_empty()
      throws SQLException {
    Server.execute(url, "ANALYZE");
    Server.execute(url, FULL);

    assertThat(badPlans()).isSubsetOf(BOUNDED);
  }

  @Test
  void every_statement_walks_an_index_after_the_analysis_of_full_tables() throws SQLException {
    Server.execute(url, FULL);
    Server.execute(url, "ANALYZE");

    assertThat(badPlans()).isSubsetOf(BOUNDED);
  }

  @Test
  void what_reads_a_whole_table_is_noticed() throws SQLException {
    statements.clear();
    statements.put("a", "SELECT 1 FROM belay_work WHERE payload_bytes = $1");
    statements.put("b", "SELECT 1 FROM belay_work WHERE id = $1");

    assertThat(badPlans()).containsExactly("a");
  }

  /** The names of the statements that read a whole table or index, or sort. */
  private Set<String> badPlans() throws SQLException {
    Map<String, String> bad = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection(url + "&preferQueryMode=simple");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(PgBegin.of(Server.schemaOf(url), 1_000, true, false).verb());
      statement.execute("SET LOCAL belay.now = '0'; SET LOCAL belay.members = '1'");
      Map<String, String> firstColumns = firstColumns(statement);
      for (Map.Entry<String, String> each : statements.entrySet()) {
        String plan = plan(statement, each.getValue());
        if (WHOLE.matcher(plan).find() || walksFromItsBegin(plan, firstColumns)) {
          bad.put(each.getKey(), plan);
        }
      }
    }

    return bad.keySet();
  }

  /** Returns whether a condition on an index does not begin with the first column of the index. */
  private static boolean walksFromItsBegin(String plan, Map<String, String> firstColumns) {
    return CONDITION
        .matcher(plan)
        .results()
        .anyMatch(
            match -> {
              String column = Objects.requireNonNull(firstColumns.get(match.group(1)));
              return !match.group(2).matches(".*\\b" + column + "\\b.*");
            });
  }

  private static Map<String, String> firstColumns(Statement statement) throws SQLException {
    Map<String, String> columns = new HashMap<>();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT indexname, substring(indexdef from '\\((\\w+)') FROM pg_indexes"
                + " WHERE schemaname = current_schema()")) {
      while (row.next()) {
        columns.put(row.getString(1), row.getString(2));
      }
    }
    return columns;
  }

  /** A statement with the parameters of the server, each with its type as the driver sends it. */
  private static String numbered(String sql, Parameter... parameters) {
    Map<String, String> types = new HashMap<>();
    for (Parameter parameter : parameters) {
      String type = TYPES.get(parameter.getType());
      types.put(parameter.getName(), type == null ? "" : "::" + type);
    }
    Map<String, Integer> numbers = new HashMap<>();
    return PARAMETER
        .matcher(sql)
        .replaceAll(
            match ->
                "\\$"
                    + numbers.computeIfAbsent(match.group(1), name -> numbers.size() + 1)
                    + types.getOrDefault(match.group(1), ""));
  }

  private static String plan(Statement statement, String sql) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (ResultSet rows = statement.executeQuery("EXPLAIN (GENERIC_PLAN) " + sql)) {
      while (rows.next()) {
        plan.append(rows.getString(1)).append('\n');
      }
    } catch (SQLException e) {
      throw new SQLException(sql, e);
    }
    return plan.toString();
  }

  private static final String FULL =
      """
      INSERT INTO belay_work (id, queue, state, priority, lane, line_pos, due_at_ms, expires_at_ms,
             attempts_max, enqueued_at_ms, finished_at_ms, type, key, key_life, payload_bytes)
      SELECT i, 'q' || i % 3, s, 0, CASE WHEN i % 5 = 0 THEN 'l' || i % 7 END,
             CASE WHEN i % 5 = 0 AND s <> 'DONE' THEN i END,
             CASE WHEN s = 'SCHEDULED' THEN i END, CASE WHEN s = 'CLAIMED' THEN i END, 3, i,
             CASE WHEN s = 'DONE' THEN i END, 't', 'k' || i, 'WHILE_KEPT', 10
      FROM   (SELECT i, (ARRAY['READY', 'CLAIMED', 'SCHEDULED', 'DONE'])[1 + i % 4] AS s
              FROM generate_series(1, 20000) i) w;
      INSERT INTO belay_work_payload SELECT i, NULL, 'p' FROM generate_series(1, 20000) i;
      INSERT INTO belay_work_result SELECT i, 'r' FROM generate_series(1, 5000) i;
      INSERT INTO belay_lane SELECT 'q' || i % 3, 'l' || i, i FROM generate_series(1, 5000) i;
      INSERT INTO belay_lease SELECT 'l' || i, 'h', i, i, i FROM generate_series(1, 5000) i;
      INSERT INTO belay_session (id, revision, leaf_seq, last_seq, created_at_ms, updated_at_ms)
      SELECT 's' || i, 1, 1, 1, i, i FROM generate_series(1, 5000) i;
      INSERT INTO belay_session_event
      SELECT 1 + i % 5000, i, i - 1, i, 'e' || i, 't', 'p' FROM generate_series(1, 20000) i;
      INSERT INTO belay_session_receipt
      SELECT 1 + i % 5000, 'o' || i, 1, '', 1, i, 1, 1, NULL FROM generate_series(1, 20000) i;
      INSERT INTO belay_session_state SELECT i, 's' FROM generate_series(1, 5000) i;
      INSERT INTO belay_session_unfreed (session_no) SELECT i FROM generate_series(1, 1000) i;
      INSERT INTO belay_queue SELECT 'q' || i, 1, 1 FROM generate_series(1, 1000) i;
      """;
}

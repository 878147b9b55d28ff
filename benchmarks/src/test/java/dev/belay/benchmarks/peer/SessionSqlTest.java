package dev.belay.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.session.SessionDao;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.Test;

/**
 * The peers run the library's own statements.
 *
 * <p>Goal: a change of a statement cannot make one side faster unnoticed. Method: the text in the
 * annotations of the library's DAO.
 */
class SessionSqlTest {
  @Test
  void the_statements_are_those_of_the_library() {
    assertThat(statements("head")).contains(SessionSql.HEAD);
    assertThat(statements("advance")).containsExactly(SessionSql.ADVANCE);
    assertThat(statements("append")).containsExactly(SessionSql.APPEND);
  }

  @Test
  void a_positional_statement_has_a_mark_for_each_name() {
    assertThat(SessionSql.positional("a = :a AND b = :b1")).isEqualTo("a = ? AND b = ?");
  }

  private static List<String> statements(String method) {
    return Arrays.stream(SessionDao.class.getMethods())
        .filter(each -> each.getName().equals(method))
        .flatMap(SessionSqlTest::sql)
        .toList();
  }

  private static Stream<String> sql(Method method) {
    return Stream.concat(
        Stream.ofNullable(method.getAnnotation(SqlQuery.class)).map(SqlQuery::value),
        Stream.ofNullable(method.getAnnotation(SqlUpdate.class)).map(SqlUpdate::value));
  }
}

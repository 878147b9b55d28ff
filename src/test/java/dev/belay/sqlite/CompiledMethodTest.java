package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.engine.VerbatimSql;
import dev.belay.engine.jdbc.CompiledMethod;
import dev.belay.engine.jdbc.SqlDialect;
import dev.belay.session.SessionDao;
import dev.belay.testing.TestOptions;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compiled methods answer as JDBI's own handler does.
 *
 * <p>Goal: speed must not be a second dialect of SqlObject. Method: one DAO with every shape that
 * is compiled, called once through a store and once through plain JDBI.
 */
class CompiledMethodTest {
  @TempDir Path folder;

  @UseTemplateEngine(VerbatimSql.class)
  public interface SampleDao {
    @SqlUpdate("CREATE TABLE sample (a INTEGER, b TEXT, c BLOB, d INTEGER CHECK (d <> 13))")
    void create();

    @SqlUpdate("INSERT INTO sample (a, b, c, d) VALUES (:a, :b, :c, :d)")
    int add(@Nullable Long a, @Nullable String b, byte @Nullable [] c, int d);

    @SqlUpdate("UPDATE sample SET d = :d WHERE a < :a AND d <> :d")
    int change(long a, int d);

    @SqlQuery("SELECT count(*) FROM sample WHERE b IS NOT NULL = :named")
    long count(boolean named);

    @SqlQuery("SELECT d FROM sample ORDER BY d DESC")
    int largest();

    @SqlQuery("SELECT a FROM sample WHERE d = :d")
    Optional<Long> find(int d);

    @SqlQuery("SELECT b FROM sample ORDER BY d")
    List<@Nullable String> names();

    @SqlQuery("SELECT a, b, c FROM sample WHERE b <= :until ORDER BY d -- not :this, 'nor' :that")
    @UseRowMapper(SampleMapper.class)
    List<String> rows(String until);

    @SqlQuery("INSERT INTO sample (a, b, d) VALUES (:a, ':a', 9) RETURNING b")
    Optional<String> addReturning(long a);
  }

  /** Says what a row holds. */
  public static final class SampleMapper implements RowMapper<String> {
    @Override
    public String map(ResultSet row, @Nullable StatementContext context) throws SQLException {
      return row.getLong(1) + row.getString(2) + Arrays.toString(row.getBytes(3));
    }
  }

  private static List<Object> everyShape(SampleDao dao) {
    dao.create();
    byte[] bytes = {0, -1};
    return Arrays.asList(
        dao.add(1L, "x", bytes, 1),
        dao.add(null, null, null, 2),
        dao.add(Long.MIN_VALUE, "y".repeat(10_000) + "\uD83D\uDE00", null, Integer.MAX_VALUE),
        dao.count(true),
        dao.count(false),
        dao.largest(),
        dao.find(1),
        dao.find(2),
        dao.find(3),
        dao.names(),
        dao.rows("z"),
        dao.rows(""),
        dao.addReturning(7),
        dao.change(5, 4),
        dao.change(5, 4));
  }

  @Test
  void every_shape_answers_as_jdbi_does() {
    List<Object> compiled = compiled(CompiledMethodTest::everyShape);
    List<Object> stock = stock(CompiledMethodTest::everyShape);

    assertThat(compiled).isEqualTo(stock);
  }

  @Test
  void a_broken_constraint_is_the_exception_that_jdbi_throws() {
    Function<SampleDao, Object> broken =
        dao -> {
          dao.create();
          return dao.add(1L, "secret", null, 13);
        };

    assertThatThrownBy(() -> stock(broken)).isInstanceOf(UnableToExecuteStatementException.class);
    assertThatThrownBy(() -> compiled(broken))
        .isInstanceOf(UnableToExecuteStatementException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void every_shape_of_the_sample_is_compiled() {
    for (Method method : SampleDao.class.getDeclaredMethods()) {
      assertThat(
              CompiledMethod.of(
                  SampleDao.class,
                  method,
                  SqlDialect.ANNOTATED,
                  new SqliteFailures("test"),
                  new SqliteKinds()))
          .as(method.getName())
          .isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"head", "advance", "create", "append", "keepReceipt"})
  void the_hot_methods_of_sessions_are_compiled(String name) {
    for (Method method : SessionDao.class.getDeclaredMethods()) {
      if (method.getName().equals(name)) {
        assertThat(
                CompiledMethod.of(
                    SessionDao.class,
                    method,
                    SqlDialect.ANNOTATED,
                    new SqliteFailures("test"),
                    new SqliteKinds()))
            .isNotNull();
      }
    }
  }

  private <T> T compiled(Function<SampleDao, T> use) {
    try (Belay belay = Belay.open(folder.resolve("compiled.db"), TestOptions.defaults())) {
      return belay.tx().<T, RuntimeException>write(tx -> use.apply(tx.attach(SampleDao.class)));
    }
  }

  private <T> T stock(Function<SampleDao, T> use) {
    Jdbi jdbi = Jdbi.create("jdbc:sqlite:" + folder.resolve("stock.db"));
    jdbi.installPlugin(new SqlObjectPlugin());
    return jdbi.inTransaction(handle -> use.apply(handle.attach(SampleDao.class)));
  }
}

package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.VerbatimSql;
import dev.belay.kit.StoreExtension;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Compiled methods answer as JDBI's own handler does.
 *
 * <p>Goal: speed must not be a second dialect of SqlObject. Method: one DAO with every shape that
 * is compiled, called once through a store and once through plain JDBI.
 */
class CompiledAnswersTest {
  @RegisterExtension final StoreExtension store = StoreExtension.on(PostgresEngine.SCHEMA);

  /** A DAO whose methods are compiled. */
  @UseTemplateEngine(VerbatimSql.class)
  public interface SampleDao {
    @SqlUpdate("INSERT INTO sample (a, b, c, d) VALUES (:a, :b, :c, :d)")
    int add(@Nullable Long a, @Nullable String b, byte @Nullable [] c, int d);

    @SqlUpdate("UPDATE sample SET d = :d WHERE a < :a AND d <> :d")
    int change(long a, int d);

    @SqlQuery("SELECT count(*) FROM sample WHERE (b IS NOT NULL) = :named")
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

    @SqlUpdate("DELETE FROM sample")
    int clear();
  }

  /** Says what a row holds. */
  public static final class SampleMapper implements RowMapper<String> {
    @Override
    public String map(ResultSet row, @Nullable StatementContext context) throws SQLException {
      return row.getLong(1) + row.getString(2) + Arrays.toString(row.getBytes(3));
    }
  }

  private static List<Object> everyShape(SampleDao dao) {
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
        dao.change(5, 4),
        dao.clear());
  }

  @Test
  void every_shape_answers_as_jdbi_does() {
    store.execute("CREATE TABLE sample (a BIGINT, b TEXT COLLATE \"C\", c BYTEA, d INTEGER)");
    Jdbi jdbi = Jdbi.create(store.address()).installPlugin(new SqlObjectPlugin());

    List<Object> compiled = store.belay().write(tx -> everyShape(tx.attach(SampleDao.class)));
    List<Object> stock = jdbi.inTransaction(handle -> everyShape(handle.attach(SampleDao.class)));

    assertThat(compiled).isEqualTo(stock);
  }
}

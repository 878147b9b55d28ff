package dev.belay.engine.jdbc;

import dev.belay.engine.VerbatimSql;
import dev.belay.store.StoreException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jdbi.v3.core.extension.AttachedExtensionHandler;
import org.jdbi.v3.core.extension.ExtensionHandler;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.ParsedSql;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * A method of one of Belay's own DAOs, executed directly on the connection's cached statement.
 * Interface, annotations and SQL are those that JDBI's own handler would use; the context, the
 * look-ups and the argument objects that JDBI creates for each execution are saved. Immutable, safe
 * for use by many threads, each on a connection of its own.
 *
 * <p>Only a method that needs none of those is compiled: it takes scalar arguments, by name, and
 * returns scalars, counts or the rows of a {@link org.jdbi.v3.core.mapper.RowMapper} that does not
 * use its context. JDBI executes every other method, and every DAO of a user.
 */
public final class CompiledMethod {
  /**
   * The length in characters above which a text is released immediately. A shorter text may stay
   * bound until the next execution.
   */
  private static final int KEPT_CHARS_MAX = 8_192;

  /**
   * An INSERT that always inserts or changes a row. If it changes none, RAISE(IGNORE) in a trigger
   * has suppressed it.
   */
  private static final Pattern INSERT_OF_ROWS =
      Pattern.compile(
          "\\s*INSERT\\s(?:(?!\\bSELECT\\b|\\bDO NOTHING\\b|\\bWHERE\\b).)*", Pattern.DOTALL);

  private static final Set<Class<? extends Annotation>> UNDERSTOOD =
      Set.of(SqlQuery.class, SqlUpdate.class, UseRowMapper.class);

  private final String sql;
  private final SqlKind kind;
  private final boolean mustInsert;
  private final boolean isNumber;
  private final int[] argumentOf;
  private final Binder[] binderOf;
  private final CompiledResult result;
  private final Failures errors;

  private CompiledMethod(
      Method method,
      String sql,
      SqlKind kind,
      int[] argumentOf,
      Binder[] binderOf,
      CompiledResult result,
      Failures errors) {
    this.isNumber = method.getReturnType().isPrimitive();
    this.sql = sql;
    this.kind = kind;
    this.mustInsert = INSERT_OF_ROWS.matcher(sql).matches();
    this.argumentOf = argumentOf;
    this.binderOf = binderOf;
    this.result = result;
    this.errors = errors;
  }

  /** Returns the compiled form of {@code method}; null if JDBI has to execute it. */
  public static @Nullable CompiledMethod of(
      Class<?> dao, Method method, SqlDialect dialect, Failures errors, SqlKinds kinds) {
    String annotated = sqlOf(method);
    UseTemplateEngine engine = dao.getAnnotation(UseTemplateEngine.class);
    if (annotated == null || engine == null || engine.value() != VerbatimSql.class) {
      return null;
    }
    CompiledResult result = CompiledResult.of(method);
    if (result == null || !isPlain(method)) {
      return null;
    }
    String sql = dialect.sql(dao.getSimpleName() + "." + method.getName(), annotated);
    ParsedSql parsed = new ColonPrefixSqlParser().parse(sql, null);
    List<String> names = parsed.getParameters().getParameterNames();
    List<String> arguments =
        Arrays.stream(method.getParameters()).map(java.lang.reflect.Parameter::getName).toList();
    int[] argumentOf = names.stream().mapToInt(arguments::indexOf).toArray();
    Binder[] binderOf = new Binder[names.size()];
    for (int i = 0; i < binderOf.length; i++) {
      Binder binder =
          argumentOf[i] < 0 ? null : Binder.of(method.getParameterTypes()[argumentOf[i]]);
      if (binder == null) {
        return null;
      }
      binderOf[i] = binder;
    }
    String plain = parsed.getSql();
    return new CompiledMethod(method, plain, kinds.of(plain), argumentOf, binderOf, result, errors);
  }

  private static @Nullable String sqlOf(Method method) {
    SqlQuery query = method.getAnnotation(SqlQuery.class);
    SqlUpdate update = method.getAnnotation(SqlUpdate.class);
    return query != null ? query.value() : update != null ? update.value() : null;
  }

  private static boolean isPlain(Method method) {
    return Arrays.stream(method.getAnnotations())
            .allMatch(annotation -> UNDERSTOOD.contains(annotation.annotationType()))
        && Arrays.stream(method.getParameterAnnotations()).allMatch(each -> each.length == 0);
  }

  /**
   * Returns a handler for JDBI that executes this method; on a handle that is not Belay's it does
   * what {@code stock} does.
   */
  ExtensionHandler insteadOf(ExtensionHandler stock) {
    return (config, target) -> {
      AttachedExtensionHandler attached = stock.attachTo(config, target);
      return (handles, arguments) ->
          handles.getHandle().getStatementBuilder() instanceof StatementCache statements
              ? execute(statements, arguments)
              : attached.invoke(handles, arguments);
    };
  }

  private @Nullable Object execute(StatementCache statements, @Nullable Object[] arguments) {
    PreparedStatement statement = null;
    try {
      statement = statements.checkOut(sql, kind);
      boolean large = false;
      for (int i = 0; i < binderOf.length; i++) {
        Object argument = arguments[argumentOf[i]];
        binderOf[i].bind(statement, i + 1, argument);
        large |= argument instanceof String text && text.length() > KEPT_CHARS_MAX;
      }
      Object value = result.of(statement);
      if (value == null ? isNumber : mustInsert && value.equals(0)) {
        String what =
            mustInsert ? ": a trigger of the application has suppressed " : ": no row for ";
        throw new StoreException(errors.store() + what + sql.strip(), null);
      }
      if (large) {
        statement.clearParameters();
      }
      statements.checkIn(statement, sql);
      return value;
    } catch (Throwable e) {
      if (statement != null) {
        statements.closeQuietly(statement); // only a statement that succeeded may be used again
      }
      if (e instanceof VirtualMachineError) {
        statements.edge().bodyChangesConnection();
      }
      throw failure(statements.transaction(), e);
    }
  }

  private RuntimeException failure(ConnectionTransaction transaction, Throwable thrown) {
    if (!(thrown instanceof SQLException failure)) {
      if (thrown instanceof Error error) {
        throw error;
      }
      return (RuntimeException) thrown; // the calls above declare no other checked exception
    }
    StoreException operating = errors.translate(failure);
    if (operating == null) {
      return new UnableToExecuteStatementException(
          failure.getMessage() + " in " + sql, failure, null);
    }
    return errors.mayEndTransaction(failure) ? transaction.doom(operating) : operating;
  }
}

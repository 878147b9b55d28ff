package dev.belay.engine.jdbc;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * Executes the statement of a {@link CompiledMethod} and reads its result. Stateless, safe for use
 * by many threads.
 */
@FunctionalInterface
interface CompiledResult {
  @Nullable Object of(PreparedStatement bound) throws SQLException;

  /** Reads the current row of a result. */
  @FunctionalInterface
  interface Row {
    @Nullable Object read(ResultSet at) throws SQLException;
  }

  /**
   * Returns the reader of the result of {@code method}, equal to JDBI's result; null if it is not
   * simple.
   */
  static @Nullable CompiledResult of(Method method) {
    Class<?> raw = method.getReturnType();
    if (method.isAnnotationPresent(SqlUpdate.class)) {
      return raw == int.class || raw == void.class ? PreparedStatement::executeUpdate : null;
    }
    if (raw == long.class || raw == int.class) {
      Row row = rowOf(method, raw);
      return row == null ? null : firstOrNull(row);
    }
    if (!(method.getGenericReturnType() instanceof ParameterizedType type)) {
      return null;
    }
    Row row = rowOf(method, type.getActualTypeArguments()[0]);
    if (row == null) {
      return null;
    }
    return raw == Optional.class ? first(row) : raw == List.class ? all(row) : null;
  }

  private static @Nullable Row rowOf(Method method, Type type) {
    UseRowMapper use = method.getAnnotation(UseRowMapper.class);
    if (use != null) {
      RowMapper<?> mapper = newMapper(use.value());
      return mapper == null ? null : at -> mapper.map(at, null);
    }
    if (type == long.class || type == Long.class) {
      return at -> orNull(at, at.getLong(1));
    }
    if (type == int.class || type == Integer.class) {
      return at -> orNull(at, at.getInt(1));
    }
    return type == String.class ? at -> at.getString(1) : null;
  }

  private static @Nullable Object orNull(ResultSet at, Object value) throws SQLException {
    return at.wasNull() ? null : value;
  }

  private static @Nullable RowMapper<?> newMapper(Class<? extends RowMapper<?>> type) {
    try {
      var constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      return null; // JDBI knows more ways to create a mapper, and reports its own error
    }
  }

  private static CompiledResult firstOrNull(Row row) {
    return bound -> {
      try (ResultSet rows = bound.executeQuery()) {
        return rows.next() ? row.read(rows) : null;
      }
    };
  }

  private static CompiledResult first(Row row) {
    return bound -> {
      try (ResultSet rows = bound.executeQuery()) {
        return rows.next() ? Optional.ofNullable(row.read(rows)) : Optional.empty();
      }
    };
  }

  private static CompiledResult all(Row row) {
    return bound -> {
      try (ResultSet rows = bound.executeQuery()) {
        List<@Nullable Object> all = new ArrayList<>();
        while (rows.next()) {
          all.add(row.read(rows));
        }
        return all;
      }
    };
  }
}

package dev.belay.engine.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** Binds one argument of a {@link CompiledMethod}. Stateless, safe for use by many threads. */
@FunctionalInterface
interface Binder {
  void bind(PreparedStatement statement, int position, @Nullable Object argument)
      throws SQLException;

  /** Returns the binder that binds values of {@code type} as JDBI would; null if there is none. */
  static @Nullable Binder of(Class<?> type) {
    if (type == long.class || type == Long.class) {
      return orNull(Types.BIGINT, (statement, at, value) -> statement.setLong(at, (Long) value));
    }
    if (type == int.class || type == Integer.class) {
      return orNull(Types.INTEGER, (statement, at, value) -> statement.setInt(at, (Integer) value));
    }
    if (type == boolean.class) {
      return orNull(
          Types.BOOLEAN, (statement, at, value) -> statement.setBoolean(at, (Boolean) value));
    }
    if (type == String.class) {
      return orNull(
          Types.VARCHAR, (statement, at, value) -> statement.setString(at, (String) value));
    }
    if (type == byte[].class) {
      return orNull(Types.BINARY, (statement, at, value) -> statement.setBytes(at, (byte[]) value));
    }
    return null;
  }

  private static Binder orNull(int sqlType, NonNull binder) {
    return (statement, position, argument) -> {
      if (argument == null) {
        statement.setNull(position, sqlType);
      } else {
        binder.bind(statement, position, argument);
      }
    };
  }

  /** Binds an argument that is not null. */
  @FunctionalInterface
  interface NonNull {
    void bind(PreparedStatement statement, int position, Object argument) throws SQLException;
  }
}

package dev.belay.sqlite;

import dev.belay.engine.jdbc.SqlKind;
import dev.belay.engine.jdbc.SqlKinds;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Determines the kinds of statements by their first words, and by SQLite's rules for white space,
 * comments, quoted names and the byte order mark. Immutable, safe for use by many threads.
 *
 * @see <a href="https://www.sqlite.org/pragma.html">PRAGMA statements</a>
 */
final class SqliteKinds implements SqlKinds {
  /** Pragmas that only read, although they take an argument. */
  private static final Set<String> READING =
      Set.of(
          "TABLE_INFO",
          "TABLE_XINFO",
          "TABLE_LIST",
          "INDEX_INFO",
          "INDEX_XINFO",
          "INDEX_LIST",
          "FOREIGN_KEY_LIST",
          "FOREIGN_KEY_CHECK",
          "INTEGRITY_CHECK",
          "QUICK_CHECK",
          "WAL_CHECKPOINT");

  /** Pragmas whose value belongs to the library: replacing the connection does not undo them. */
  private static final Set<String> OF_LIBRARY =
      Set.of("TEMP_STORE_DIRECTORY", "DATA_STORE_DIRECTORY", "SOFT_HEAP_LIMIT", "HARD_HEAP_LIMIT");

  /** Pragmas that write to the file as part of the transaction. */
  private static final Set<String> WRITING =
      Set.of("USER_VERSION", "APPLICATION_ID", "INCREMENTAL_VACUUM");

  @Override
  public SqlKind of(String sql) {
    return new SqlText(sql).kind();
  }

  @Override
  public List<SqlKind> ofAll(String script) {
    return SqlText.kinds(script);
  }

  static SqlKind ofWord(String word) {
    return switch (word) {
      case "SELECT", "VALUES" -> SqlKind.READ;
      case "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH" -> SqlKind.ROWS;
      case "SAVEPOINT", "RELEASE" -> SqlKind.SAVEPOINT;
      case "CREATE", "DROP", "ALTER", "REINDEX", "ANALYZE", "VACUUM" -> SqlKind.SCHEMA;
      case "BEGIN", "COMMIT", "END", "ROLLBACK" -> SqlKind.TRANSACTION;
      default -> SqlKind.CONNECTION;
    };
  }

  static SqlKind ofPragma(String name, boolean hasArgument) {
    String pragma = name.toUpperCase(Locale.ROOT);
    if (pragma.equals("OPTIMIZE")) {
      return SqlKind.SCHEMA; // it may create the tables of ANALYZE
    }
    if (WRITING.contains(pragma)) {
      return hasArgument || pragma.equals("INCREMENTAL_VACUUM") ? SqlKind.ROWS : SqlKind.READ;
    }
    if (OF_LIBRARY.contains(pragma) && hasArgument) {
      return SqlKind.LIBRARY;
    }
    return !hasArgument || READING.contains(pragma) ? SqlKind.READ : SqlKind.CONNECTION;
  }
}

package dev.belay.sqlite;

import java.util.Locale;
import java.util.Set;

/**
 * What a statement may do besides reading rows, judged by its text before it is prepared.
 * Immutable, safe for use by many threads.
 *
 * <p>The judgement is by the first words, and by SQLite's own rules for white space, comments,
 * quoted names and the byte order mark. What is not known counts as {@link #CONNECTION}, the kind
 * that is trusted least.
 *
 * @see <a href="https://www.sqlite.org/pragma.html">PRAGMA statements</a>
 */
enum SqlKind {
  /** No statement: white space and comments. */
  NOTHING,
  /** Reads, and changes nothing at all. */
  READ,
  /** Changes rows, or what lies beside them in the file, inside the transaction. */
  ROWS,
  /** Sets, releases or returns to a savepoint. */
  SAVEPOINT,
  /** Changes the schema inside the transaction. */
  SCHEMA,
  /** Changes the connection itself, for every statement that follows and past the transaction. */
  CONNECTION,
  /** Changes the SQLite library itself, for every store of the process. */
  LIBRARY,
  /** Begins or ends a transaction, which only the runner may do. */
  TRANSACTION;

  /** Pragmas that only read although they take an argument. */
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

  /** Pragmas whose value is the library's: no other connection takes it back. */
  private static final Set<String> OF_LIBRARY =
      Set.of("TEMP_STORE_DIRECTORY", "DATA_STORE_DIRECTORY", "SOFT_HEAP_LIMIT", "HARD_HEAP_LIMIT");

  /** Pragmas that write into the file, as part of the transaction. */
  private static final Set<String> WRITING =
      Set.of("USER_VERSION", "APPLICATION_ID", "INCREMENTAL_VACUUM");

  /** The kind of the first statement of {@code sql}, which is the one that is prepared. */
  static SqlKind of(String sql) {
    return new SqlText(sql).kind();
  }

  /** Whether a statement of this kind can be kept and used again by another body. */
  boolean isReusable() {
    return this == READ || this == ROWS;
  }

  static SqlKind ofWord(String word) {
    return switch (word) {
      case "SELECT", "VALUES" -> READ;
      case "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH" -> ROWS;
      case "SAVEPOINT", "RELEASE" -> SAVEPOINT;
      case "CREATE", "DROP", "ALTER", "REINDEX", "ANALYZE", "VACUUM" -> SCHEMA;
      case "BEGIN", "COMMIT", "END", "ROLLBACK" -> TRANSACTION;
      default -> CONNECTION;
    };
  }

  static SqlKind ofPragma(String name, boolean hasArgument) {
    String pragma = name.toUpperCase(Locale.ROOT);
    if (pragma.equals("OPTIMIZE")) {
      return SCHEMA; // it may make the tables of ANALYZE
    }
    if (WRITING.contains(pragma)) {
      return hasArgument || pragma.equals("INCREMENTAL_VACUUM") ? ROWS : READ;
    }
    if (OF_LIBRARY.contains(pragma) && hasArgument) {
      return LIBRARY;
    }
    return !hasArgument || READING.contains(pragma) ? READ : CONNECTION;
  }
}

package dev.belay.sqlite;

import java.util.Locale;

/**
 * Finds the statements that begin or end a transaction, which only the runner may do. Stateless,
 * safe for use by many threads.
 */
final class TransactionControl {
  private TransactionControl() {}

  /**
   * Refuses {@code sql} if it begins or ends a transaction. Savepoints are a body's own business.
   *
   * @throws IllegalStateException naming the verb
   */
  static void refuse(String sql) {
    int from = skipBlanks(sql, 0);
    switch (wordAt(sql, from)) {
      case "BEGIN", "COMMIT", "END" -> throw refusal(wordAt(sql, from));
      case "ROLLBACK" -> {
        if (!rollsBackToSavepoint(sql, from + "ROLLBACK".length())) {
          throw refusal("ROLLBACK");
        }
      }
      default -> {
        // any other statement
      }
    }
  }

  /** Whether {@code sql} is of a kind that changes rows, if anything, and no schema or setting. */
  static boolean changesOnlyRows(String sql) {
    return switch (wordAt(sql, skipBlanks(sql, 0))) {
      case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES" -> true;
      default -> false;
    };
  }

  private static IllegalStateException refusal(String verb) {
    return new IllegalStateException(
        verb
            + " inside a body: the runner owns the transaction; return or throw,"
            + " or use writeFlow to roll back with a value");
  }

  private static boolean rollsBackToSavepoint(String sql, int from) {
    int next = skipBlanks(sql, from);
    if (wordAt(sql, next).equals("TRANSACTION")) {
      next = skipBlanks(sql, next + "TRANSACTION".length());
    }
    return wordAt(sql, next).equals("TO");
  }

  /** Past white space, empty statements and comments. */
  private static int skipBlanks(String sql, int from) {
    int i = from;
    while (i < sql.length()) {
      if (Character.isWhitespace(sql.charAt(i)) || sql.charAt(i) == ';') {
        i++;
      } else if (sql.startsWith("--", i)) {
        int end = sql.indexOf('\n', i);
        i = end < 0 ? sql.length() : end + 1;
      } else if (sql.startsWith("/*", i)) {
        int end = sql.indexOf("*/", i + 2);
        i = end < 0 ? sql.length() : end + 2;
      } else {
        break;
      }
    }
    return i;
  }

  private static String wordAt(String sql, int from) {
    int to = from;
    while (to < sql.length() && Character.isLetter(sql.charAt(to))) {
      to++;
    }
    return sql.substring(from, to).toUpperCase(Locale.ROOT);
  }
}

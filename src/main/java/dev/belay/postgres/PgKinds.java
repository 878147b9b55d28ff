package dev.belay.postgres;

import dev.belay.engine.jdbc.SqlKind;
import dev.belay.engine.jdbc.SqlKinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Determines the kinds of statements by their words, and by PostgreSQL's rules for white space,
 * comments and quotes. Immutable, safe for use by many threads.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html">Lexical
 *     Structure</a>
 */
final class PgKinds implements SqlKinds {
  /** Functions whose effect outlives the transaction. */
  private static final Set<String> OF_SESSION =
      Set.of("SET_CONFIG", "SETSEED", "DBLINK_CONNECT", "LO_OPEN");

  /** The driver executes every statement of a text, also of one that is prepared. */
  @Override
  public SqlKind of(String sql) {
    List<SqlKind> kinds = ofAll(sql);
    if (kinds.isEmpty()) {
      return SqlKind.NOTHING;
    }
    SqlKind strongest = kinds.get(0);
    for (SqlKind kind : kinds) {
      strongest = kind.compareTo(strongest) > 0 ? kind : strongest;
    }
    return strongest;
  }

  @Override
  public List<SqlKind> ofAll(String script) {
    List<SqlKind> kinds = new ArrayList<>();
    for (List<String> statement : new PgText(script).statements()) {
      kinds.add(kind(statement));
    }
    return kinds;
  }

  private static SqlKind kind(List<String> words) {
    SqlKind kind = ofFirst(words);
    if (kind.compareTo(SqlKind.CONNECTION) < 0 && words.stream().anyMatch(PgKinds::isOfSession)) {
      return SqlKind.CONNECTION;
    }
    return kind;
  }

  /** Returns whether a name, quoted or not, is that of a function or a schema of the session. */
  private static boolean isOfSession(String word) {
    boolean locks = word.startsWith("PG_ADVISORY_") || word.startsWith("PG_TRY_ADVISORY_");
    return OF_SESSION.contains(word)
        || word.startsWith("PG_TEMP")
        || (locks && !word.contains("_XACT_"));
  }

  private static SqlKind ofFirst(List<String> words) {
    String second = words.size() > 1 ? words.get(1) : "";
    return switch (words.get(0)) {
      case "SELECT" -> ofSelect(words);
      case "DECLARE" -> words.contains("HOLD") ? SqlKind.CONNECTION : SqlKind.READ;
      case "VALUES", "TABLE", "SHOW", "FETCH", "MOVE", "CLOSE" -> SqlKind.READ;
      case "(" -> SqlKind.READ;
      case "EXPLAIN" -> words.contains("ANALYZE") ? SqlKind.ROWS : SqlKind.READ;
      case "UPDATE" -> words.contains("PG_SETTINGS") ? SqlKind.CONNECTION : SqlKind.ROWS;
      case "INSERT", "DELETE", "MERGE", "WITH", "COPY", "TRUNCATE", "LOCK", "NOTIFY" ->
          SqlKind.ROWS;
      case "SAVEPOINT", "RELEASE" -> SqlKind.SAVEPOINT;
      case "ROLLBACK", "ABORT" -> words.contains("TO") ? SqlKind.SAVEPOINT : SqlKind.TRANSACTION;
      case "BEGIN", "START", "COMMIT", "END" -> SqlKind.TRANSACTION;
      case "PREPARE" -> second.equals("TRANSACTION") ? SqlKind.TRANSACTION : SqlKind.CONNECTION;
      case "CREATE" -> isTemporary(words) ? SqlKind.CONNECTION : SqlKind.SCHEMA;
      case "DROP",
          "ALTER",
          "COMMENT",
          "GRANT",
          "REVOKE",
          "REINDEX",
          "ANALYZE",
          "VACUUM",
          "CLUSTER",
          "REFRESH",
          "SECURITY",
          "IMPORT",
          "REASSIGN" ->
          SqlKind.SCHEMA;
      case "SET" ->
          second.equals("LOCAL") || second.equals("CONSTRAINTS") ? SqlKind.ROWS : ofSet(second);
      default -> SqlKind.CONNECTION; // DO and CALL may do anything
    };
  }

  private static SqlKind ofSelect(List<String> words) {
    int into = words.indexOf("INTO");
    if (into < 0) {
      return SqlKind.READ;
    }
    return isTemporary(words.subList(into, words.size())) ? SqlKind.CONNECTION : SqlKind.SCHEMA;
  }

  private static SqlKind ofSet(String second) {
    return second.equals("TRANSACTION") ? SqlKind.TRANSACTION : SqlKind.CONNECTION;
  }

  private static boolean isTemporary(List<String> words) {
    return words.stream()
        .limit(4)
        .anyMatch(word -> word.equals("TEMP") || word.equals("TEMPORARY"));
  }

  /** Reads the words of a text, statement by statement. Belongs to the thread that made it. */
  private static final class PgText {
    private final String sql;
    private int at;

    PgText(String sql) {
      this.sql = sql;
    }

    /**
     * Returns the words of each statement, in upper case. Quoted texts are left out, and so are
     * quoted names, but for those that are of the session.
     */
    List<List<String>> statements() {
      List<List<String>> statements = new ArrayList<>();
      List<String> words = new ArrayList<>();
      while (at < sql.length()) {
        char c = sql.charAt(at);
        if (c == ';') {
          at++;
          addTo(statements, words);
          words = new ArrayList<>();
        } else if (c == '"') {
          int from = at;
          skipQuoted(c, false);
          String name = sql.substring(from, at).replace("\"", "").toUpperCase(Locale.ROOT);
          if (isOfSession(name)) {
            words.add(name);
          }
        } else if (!skipsBlankOrQuoted(c)) {
          words.add(word(c));
        }
      }
      addTo(statements, words);
      return statements;
    }

    private static void addTo(List<List<String>> statements, List<String> words) {
      if (!words.isEmpty()) {
        statements.add(words);
      }
    }

    private boolean skipsBlankOrQuoted(char c) {
      if (Character.isWhitespace(c)) {
        at++;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end + 1;
      } else if (sql.startsWith("/*", at)) {
        skipComment();
      } else if (c == '\'') {
        skipQuoted(c, false);
      } else if ((c == 'E' || c == 'e') && sql.startsWith("'", at + 1)) {
        at++;
        skipQuoted('\'', true);
      } else {
        return c == '$' && skipsDollarQuoted();
      }
      return true;
    }

    private void skipComment() {
      int depth = 0;
      do {
        if (sql.startsWith("/*", at)) {
          depth++;
          at += 2;
        } else if (sql.startsWith("*/", at)) {
          depth--;
          at += 2;
        } else {
          at++;
        }
      } while (depth > 0 && at < sql.length());
    }

    private void skipQuoted(char quote, boolean escapes) {
      at++;
      while (at < sql.length()) {
        char c = sql.charAt(at++);
        if (escapes && c == '\\') {
          at++;
        } else if (c == quote) {
          if (at >= sql.length() || sql.charAt(at) != quote) {
            return;
          }
          at++;
        }
      }
    }

    private boolean skipsDollarQuoted() {
      int end = at + 1;
      while (end < sql.length() && isNamePart(sql.charAt(end)) && sql.charAt(end) != '$') {
        end++;
      }
      if (end >= sql.length() || sql.charAt(end) != '$') {
        return false;
      }
      String tag = sql.substring(at, end + 1);
      int close = sql.indexOf(tag, end + 1);
      at = close < 0 ? sql.length() : close + tag.length();
      return true;
    }

    private String word(char first) {
      int from = at++;
      if (isNamePart(first)) {
        while (at < sql.length() && isNamePart(sql.charAt(at))) {
          at++;
        }
      }
      return sql.substring(from, at).toUpperCase(Locale.ROOT);
    }

    private static boolean isNamePart(char c) {
      return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c >= 0x80;
    }
  }
}

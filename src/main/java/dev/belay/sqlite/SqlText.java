package dev.belay.sqlite;

import dev.belay.engine.jdbc.SqlKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads the tokens of a text in SQLite's dialect, as far as telling kinds of statements apart needs
 * it. Belongs to one thread.
 *
 * @see <a href="https://www.sqlite.org/src/file/src/tokenize.c">SQLite's tokenizer</a>
 */
final class SqlText {
  private static final Pattern PRAGMA_TABLE = Pattern.compile("pragma_", Pattern.CASE_INSENSITIVE);
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final String sql;
  private int at;

  SqlText(String sql) {
    this.sql = sql;
  }

  /** The kinds of all statements of {@code sql}, for what is executed as a script. */
  static List<SqlKind> kinds(String sql) {
    List<SqlKind> kinds = new ArrayList<>();
    SqlText text = new SqlText(sql);
    text.skipEmptyStatements();
    while (text.at < sql.length()) {
      int from = text.at;
      kinds.add(text.kind());
      text.at = from;
      text.skipStatement();
      text.skipEmptyStatements();
    }
    return kinds;
  }

  /** The kind of the statement that comes next. */
  SqlKind kind() {
    skipEmptyStatements();
    String word = nextWord();
    switch (word) {
      case "SELECT", "VALUES" -> {
        return callsPragma() ? SqlKind.ROWS : SqlKind.READ;
      }
      case "EXPLAIN" -> {
        return explained();
      }
      case "PRAGMA" -> {
        return pragma();
      }
      case "CREATE" -> {
        return createsTemporary() ? SqlKind.CONNECTION : SqlKind.SCHEMA;
      }
      case "ROLLBACK" -> {
        String next = nextWord();
        return (next.equals("TRANSACTION") ? nextWord() : next).equals("TO")
            ? SqlKind.SAVEPOINT
            : SqlKind.TRANSACTION;
      }
      default -> {
        return word.isEmpty() ? SqlKind.NOTHING : SqliteKinds.ofWord(word);
      }
    }
  }

  /** A pragma may be called like a table, and some that have no side effects on paper write. */
  private boolean callsPragma() {
    return PRAGMA_TABLE.matcher(sql).find();
  }

  /** Some pragmas run while they are compiled, so that EXPLAIN does not keep them from it. */
  private SqlKind explained() {
    String word = nextWord();
    if (word.equals("QUERY")) {
      nextWord(); // PLAN
      word = nextWord();
    }
    return word.equals("PRAGMA") ? pragma() : SqlKind.READ;
  }

  private SqlKind pragma() {
    String name = nextToken();
    String next = nextToken();
    if (next.equals(".")) {
      name = nextToken();
      next = nextToken();
    }
    return SqliteKinds.ofPragma(unquoted(name), next.equals("=") || next.equals("("));
  }

  private boolean createsTemporary() {
    String token = nextToken();
    if (token.toUpperCase(Locale.ROOT).startsWith("TEMP")) {
      return true;
    }
    while (!token.isEmpty() && !token.equals("(")) {
      String next = nextToken();
      if (next.equals(".") && unquoted(token).equalsIgnoreCase("TEMP")) {
        return true; // the schema of a name
      }
      token = next;
    }
    return false;
  }

  /** Past the end of a statement; the body of a trigger has statements of its own. */
  private void skipStatement() {
    boolean trigger = isTrigger();
    String before = "";
    String beforeThat = "";
    for (String word = nextWord(); !word.isEmpty(); word = nextWord()) {
      // as sqlite3_complete does: the END of a CASE has no semicolon before it
      if (word.equals(";") && (!trigger || (before.equals("END") && beforeThat.equals(";")))) {
        return;
      }
      beforeThat = before;
      before = word;
    }
  }

  private boolean isTrigger() {
    int from = at;
    boolean create = nextWord().equals("CREATE");
    String word = nextWord();
    boolean trigger = (word.startsWith("TEMP") ? nextWord() : word).equals("TRIGGER");
    at = from;
    return create && trigger;
  }

  private void skipEmptyStatements() {
    skipBlanks();
    while (at < sql.length() && sql.charAt(at) == ';') {
      at++;
      skipBlanks();
    }
  }

  /** Past white space, byte order marks and comments. */
  private void skipBlanks() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c) || c == BYTE_ORDER_MARK) {
        at++;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end + 1;
      } else if (sql.startsWith("/*", at)) {
        int end = sql.indexOf("*/", at + 2);
        at = end < 0 ? sql.length() : end + 2;
      } else {
        return;
      }
    }
  }

  private String nextWord() {
    return nextToken().toUpperCase(Locale.ROOT);
  }

  /** The next name, quoted text or single sign; empty at the end. */
  private String nextToken() {
    skipBlanks();
    int from = at;
    if (from >= sql.length()) {
      return "";
    }
    char c = sql.charAt(from);
    if (isNamePart(c)) {
      while (at < sql.length() && isNamePart(sql.charAt(at))) {
        at++;
      }
    } else if (c == '\'' || c == '"' || c == '`' || c == '[') {
      skipQuoted(c == '[' ? ']' : c);
    } else {
      at++;
    }
    return sql.substring(from, at);
  }

  private void skipQuoted(char quote) {
    at++;
    while (at < sql.length()) {
      boolean isQuote = sql.charAt(at++) == quote;
      if (isQuote && (quote == ']' || at >= sql.length() || sql.charAt(at) != quote)) {
        return;
      }
      if (isQuote) {
        at++; // a doubled quote stands for one
      }
    }
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c)
        || c == '_'
        || c == '$'
        || (c >= 0x80 && c != BYTE_ORDER_MARK);
  }

  private static String unquoted(String token) {
    boolean quoted = token.length() > 1 && "'\"`[".indexOf(token.charAt(0)) >= 0;
    return quoted ? token.substring(1, token.length() - 1) : token;
  }
}

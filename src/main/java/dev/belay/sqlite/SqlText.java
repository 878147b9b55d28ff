package dev.belay.sqlite;

import dev.belay.engine.jdbc.SqlKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A tokenizer for SQLite's dialect, complete enough to tell the kinds of statements apart. Belongs
 * to the thread that created it.
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

  /**
   * Returns the kinds of all statements of {@code sql}, for a text that is executed as a script.
   */
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

  /** Returns the kind of the next statement. */
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

  /**
   * Returns whether the text uses a pragma as a table. Some of those pragmas write, although they
   * are documented as free of side effects.
   */
  private boolean callsPragma() {
    return PRAGMA_TABLE.matcher(sql).find();
  }

  /**
   * Returns the kind of an explained statement. Some pragmas already run while they are compiled,
   * so EXPLAIN does not prevent their effect.
   */
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
        return true; // TEMP is the schema of the name
      }
      token = next;
    }
    return false;
  }

  /** Moves past the end of a statement. The body of a trigger contains statements of its own. */
  private void skipStatement() {
    boolean trigger = isTrigger();
    String before = "";
    String beforeThat = "";
    for (String word = nextWord(); !word.isEmpty(); word = nextWord()) {
      // As sqlite3_complete does: unlike the END of a trigger, that of a CASE follows no semicolon.
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

  /** Moves past white space, byte order marks and comments. */
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

  /** Returns the next name, quoted text or single character; empty at the end. */
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
        at++; // a doubled quote means one quote in the text
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

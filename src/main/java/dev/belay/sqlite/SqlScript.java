package dev.belay.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds where the statements of a text end, as the driver does when it is given several at once.
 * Belongs to one thread.
 *
 * @see <a href="https://www.sqlite.org/c3ref/complete.html">sqlite3_complete: triggers</a>
 */
final class SqlScript {
  private final String sql;
  private final List<String> statements = new ArrayList<>();
  private int at;
  private int start;
  // Of the statement so far: its first words, and how far its end as a trigger is seen.
  private final List<String> words = new ArrayList<>();
  private boolean afterSemicolon;
  private boolean afterEnd;

  private SqlScript(String sql) {
    this.sql = sql;
  }

  /**
   * Refuses {@code sql} if any of its statements begins or ends a transaction.
   *
   * @throws IllegalStateException naming the verb
   */
  static void refuseTransactionControl(String sql) {
    for (String statement : statements(sql)) {
      TransactionControl.refuse(statement);
    }
  }

  /** The statements, without their semicolons; byte order marks, which SQLite skips, as blanks. */
  static List<String> statements(String sql) {
    SqlScript script = new SqlScript(sql.replace('\uFEFF', ' '));
    while (script.at < script.sql.length()) {
      script.token();
    }
    script.statement();
    return script.statements;
  }

  private void token() {
    char c = sql.charAt(at);
    if (c == ';') {
      if (!isTrigger() || afterEnd) {
        statement();
      } else {
        afterSemicolon = true;
        at++;
      }
    } else if (sql.startsWith("--", at)) {
      at = after("\n", at + 2);
    } else if (sql.startsWith("/*", at)) {
      at = after("*/", at + 2);
    } else if (c == '\'' || c == '"' || c == '`' || c == '[') {
      // a doubled quote looks like two texts side by side, which ends at the same place
      at = after(c == '[' ? "]" : String.valueOf(c), at + 1);
      word("");
    } else if (isPartOfWord(c)) {
      int from = at;
      while (at < sql.length() && isPartOfWord(sql.charAt(at))) {
        at++;
      }
      word(sql.substring(from, at).toUpperCase(Locale.ROOT));
    } else {
      if (!Character.isWhitespace(c)) {
        word("");
      }
      at++;
    }
  }

  private void word(String word) {
    afterEnd = afterSemicolon && word.equals("END");
    afterSemicolon = false;
    if (words.size() < 3) {
      words.add(word);
    }
  }

  private boolean isTrigger() {
    int kind = words.size() > 1 && words.get(1).startsWith("TEMP") ? 2 : 1;
    return words.size() > kind
        && words.get(0).equals("CREATE")
        && words.get(kind).equals("TRIGGER");
  }

  private void statement() {
    statements.add(sql.substring(start, at));
    at++;
    start = Math.min(at, sql.length());
    words.clear();
    afterSemicolon = false;
    afterEnd = false;
  }

  private int after(String end, int from) {
    int found = sql.indexOf(end, from);
    return found < 0 ? sql.length() : found + end.length();
  }

  private static boolean isPartOfWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c >= 0x80;
  }
}

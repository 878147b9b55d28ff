package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** What the migrations have left in a file, seen from outside. Stateless, safe for many threads. */
final class SchemaHistory {
  private static final String HISTORY =
      """
      SELECT   version, description, checksum, success
      FROM     belay_schema_history
      WHERE    type = 'SQL'
      ORDER BY installed_rank
      """;

  private static final String SCHEMA =
      """
      SELECT   type, name, sql
      FROM     sqlite_schema
      WHERE    tbl_name LIKE 'belay\\_%' ESCAPE '\\'
      ORDER BY name
      """;

  private SchemaHistory() {}

  /** The history and the tables of a file that one handle alone has opened. */
  static List<List<String>> undisturbed(Path freshFile) throws SQLException {
    Belay.open(freshFile, TestOptions.defaults()).close();
    return of(freshFile);
  }

  /** The migrations that ran on {@code file}, in their order, and the tables that they made. */
  static List<List<String>> of(Path file) throws SQLException {
    return List.of(PlainSqlite.rows(file, HISTORY), PlainSqlite.rows(file, SCHEMA));
  }
}

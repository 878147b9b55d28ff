package dev.belay.sqlite;

import dev.belay.engine.EngineFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Reads what SQLite knows about a store. Stateless, safe for use by many threads. */
final class FileFacts {
  private static final String FACTS =
      "SELECT sqlite_version(), page_count * page_size,"
          + " (SELECT version FROM belay_schema_history WHERE version IS NOT NULL"
          + "  ORDER BY installed_rank DESC LIMIT 1)"
          + " FROM pragma_page_count(), pragma_page_size()";

  private FileFacts() {}

  /**
   * @param wal the write-ahead log; null in memory
   */
  static EngineFacts of(Connection connection, String name, @Nullable Path wal)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(FACTS)) {
      row.next();
      return new EngineFacts(
          "SQLite", row.getString(1), name, row.getString(3), row.getLong(2), size(wal));
    }
  }

  private static long size(@Nullable Path wal) {
    try {
      return wal == null ? 0 : Files.size(wal);
    } catch (IOException e) {
      return 0; // the last process that had it open has deleted it
    }
  }
}

package dev.belay.testing;

import dev.belay.Belay;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** {@link Notes} in a SQLite file. Stateless, safe for use by many threads. */
public final class SqliteNotes {
  /** Creates the table. */
  public static final String CREATE =
      "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)";

  private SqliteNotes() {}

  /** Creates the table. */
  public static void create(Belay belay) {
    Notes.create(belay, CREATE);
  }

  /** Returns the texts that another program finds in the file, in the order of their ids. */
  public static List<String> all(Path file) throws SQLException {
    return PlainSqlite.rows(file, "SELECT text FROM note ORDER BY id");
  }
}

package dev.belay.testing;

import dev.belay.Belay;
import dev.belay.store.Tx;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * The host's own table beside Belay's: one unique text per row. Stateless, safe for use by many
 * threads.
 */
public final class Notes {
  private Notes() {}

  /** Creates the table. */
  public static void create(Belay belay) {
    create(belay, "INTEGER PRIMARY KEY");
  }

  /** Creates the table, with that type of a column that numbers rows by itself. */
  public static void create(Belay belay, String numberedId) {
    belay.useWrite(
        tx ->
            tx.handle()
                .execute("CREATE TABLE note (id " + numberedId + ", text TEXT NOT NULL UNIQUE)"));
  }

  /** Adds a row in {@code tx}. */
  public static void add(Tx tx, String text) {
    tx.handle().execute("INSERT INTO note (text) VALUES (?)", text);
  }

  /** What {@code tx} sees, in order of arrival. */
  public static List<String> all(Tx tx) {
    return tx.handle().createQuery("SELECT text FROM note ORDER BY id").mapTo(String.class).list();
  }

  /** What {@code belay} has, in order of arrival. */
  public static List<String> all(Belay belay) {
    return belay.read(Notes::all);
  }

  /** What any other program finds in the file, in order of arrival. */
  public static List<String> all(Path file) throws SQLException {
    return PlainSqlite.rows(file, "SELECT text FROM note ORDER BY id");
  }
}

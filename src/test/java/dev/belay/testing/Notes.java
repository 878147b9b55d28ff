package dev.belay.testing;

import dev.belay.Belay;
import dev.belay.store.Tx;
import java.util.List;

/**
 * The host's own table {@code note} beside Belay's: one unique text per row, and an {@code id} that
 * numbers the rows by itself. Stateless, safe for use by many threads.
 */
public final class Notes {
  private Notes() {}

  /** Creates the table with {@code sql}, as the database writes it. */
  public static void create(Belay belay, String sql) {
    belay.useWrite(tx -> tx.handle().execute(sql));
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
}

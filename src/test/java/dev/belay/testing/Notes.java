package dev.belay.testing;

import dev.belay.Belay;
import dev.belay.store.Tx;
import java.util.List;

/**
 * The application's table {@code note} beside Belay's: one unique text per row, and an {@code id}
 * that the database generates. Stateless, safe for use by many threads.
 */
public final class Notes {
  private Notes() {}

  /** Creates the table with {@code sql} in the dialect of the database. */
  public static void create(Belay belay, String sql) {
    belay.useWrite(tx -> tx.handle().execute(sql));
  }

  /** Adds a row in {@code tx}. */
  public static void add(Tx tx, String text) {
    tx.handle().execute("INSERT INTO note (text) VALUES (?)", text);
  }

  /** Returns the texts that {@code tx} sees, in the order of their ids. */
  public static List<String> all(Tx tx) {
    return tx.handle().createQuery("SELECT text FROM note ORDER BY id").mapTo(String.class).list();
  }

  /** Returns the texts in {@code belay}, in the order of their ids. */
  public static List<String> all(Belay belay) {
    return belay.read(Notes::all);
  }
}

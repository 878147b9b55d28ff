package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.store.TxRunner;
import dev.belay.testing.Parent;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * Tables of a host and the writes to them for tests of backups. Every commit credits and debits the
 * same amount, in two tables, so the sums are equal in every state that ever was. Stateless, safe
 * for use by many threads.
 */
final class BackupLoad {
  private static final String SUMS =
      "SELECT (SELECT sum(amount) FROM credit) = (SELECT sum(amount) FROM debit),"
          + " (SELECT count(*) FROM credit) = (SELECT count(*) FROM debit)";

  private BackupLoad() {}

  /** Creates the tables, with so many megabytes in them. */
  static void create(TxRunner tx, int megabytes) {
    tx.useWrite(
        body -> {
          body.handle().execute("CREATE TABLE credit (amount INTEGER NOT NULL, filler BLOB)");
          body.handle().execute("CREATE TABLE debit (amount INTEGER NOT NULL)");
        });
    for (int i = 0; i < megabytes; i++) {
      tx.useWrite(
          body -> {
            body.handle().execute("INSERT INTO credit VALUES (1, randomblob(1000000))");
            body.handle().execute("INSERT INTO debit VALUES (1)");
          });
    }
  }

  /** One commit. */
  static void write(TxRunner tx, int amount) {
    tx.useWrite(
        body -> {
          body.handle().execute("INSERT INTO credit VALUES (?, NULL)", amount);
          body.handle().execute("INSERT INTO debit VALUES (?)", amount);
        });
  }

  /** A copy is sound, for SQLite, and is one state of the store, for Belay too. */
  static void assertSound(Path copy) throws SQLException {
    assertThat(PlainSqlite.row(copy, "PRAGMA integrity_check")).isEqualTo("ok");
    assertThat(PlainSqlite.row(copy, SUMS)).isEqualTo("1 1");
    try (Belay belay = Belay.open(copy, TestOptions.defaults())) {
      write(belay.tx(), 7);
    }
    assertThat(PlainSqlite.row(copy, SUMS)).isEqualTo("1 1");
  }

  /** How many commits a copy holds. */
  static long commits(Path copy) throws SQLException {
    return Long.parseLong(PlainSqlite.row(copy, "SELECT count(*) FROM debit"));
  }

  /** The child: writes to file {@code args[0]} until it is told to stop or killed. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      write(belay.tx(), 1);
      parent.say("writing");
      parent.follow();
      for (int i = 0; ; i++) {
        write(belay.tx(), i);
      }
    }
  }
}

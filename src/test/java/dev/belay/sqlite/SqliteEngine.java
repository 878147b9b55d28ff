package dev.belay.sqlite;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.kit.Engine;
import dev.belay.kit.Form;
import dev.belay.kit.Promise;
import dev.belay.kit.Sql;
import dev.belay.testing.Effort;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** SQLite, as the conformance kit opens it. Stateless, safe for use by many threads. */
public final class SqliteEngine implements Engine {
  /** A file, with commit groups of the size of the run: 64 by default. */
  public static final Form FILE = new SqliteForm("file", Kind.FILE, TestOptions.defaults());

  /** A file, each body with a commit of its own. */
  public static final Form FILE_WITHOUT_GROUPS =
      new SqliteForm(
          "file without commit groups", Kind.FILE, TestOptions.defaults().withCommitGroupMax(1));

  /** A file, through two handles in turn. */
  public static final Form TWO_HANDLES =
      new SqliteForm("two handles on a file", Kind.TWO_HANDLES, TestOptions.defaults());

  /** In memory. */
  public static final Form MEMORY = new SqliteForm("memory", Kind.MEMORY, TestOptions.defaults());

  private enum Kind {
    FILE,
    TWO_HANDLES,
    MEMORY
  }

  @Override
  public List<Form> forms() {
    return Effort.of(0, 1) > 0
        ? List.of(FILE, FILE_WITHOUT_GROUPS, TWO_HANDLES, MEMORY)
        : List.of(FILE, TWO_HANDLES, MEMORY);
  }

  private record SqliteForm(String title, Kind kind, BelayOptions options) implements Form {
    @Override
    public String name() {
      return "SQLite, " + title;
    }

    @Override
    public boolean isShared() {
      return kind != Kind.MEMORY;
    }

    @Override
    public boolean runsSlowSuites() {
      return this == FILE;
    }

    @Override
    public boolean usesTwoHandles() {
      return kind == Kind.TWO_HANDLES;
    }

    @Override
    public Set<Promise> promises() {
      return EnumSet.allOf(Promise.class);
    }

    @Override
    public int writersAtOnce() {
      return 1;
    }

    @Override
    public String sql(Sql statement) {
      return switch (statement) {
        case CREATE_NOTES -> SqliteNotes.CREATE;
        case BEGIN -> "BEGIN";
        case SLOW_QUERY ->
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
                + " SELECT count(*) FROM n";
      };
    }

    @Override
    public List<String> refusing(String change, String table, String condition) {
      return List.of(trigger(change, table, condition, "RAISE(ABORT, 'refused')"));
    }

    @Override
    public List<String> ignoring(String change, String table, String condition) {
      return List.of(trigger(change, table, condition, "RAISE(IGNORE)"));
    }

    private static String trigger(String change, String table, String condition, String raise) {
      return "CREATE TRIGGER refusing_%1$s BEFORE %1$s ON %2$s WHEN %3$s BEGIN SELECT %4$s; END"
          .formatted(change, table, condition, raise);
    }

    @Override
    public String refusingNoMore(String change, String table) {
      return "DROP TRIGGER refusing_" + change;
    }

    @Override
    public Connection connect(String address) throws SQLException {
      return PlainSqlite.patient(Path.of(address));
    }

    @Override
    public String create(Path folder) {
      Path file = folder.resolve("store.db");
      try {
        if (isShared()) {
          Files.write(file, Migrated.BYTES);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return file.toString();
    }

    @Override
    public Belay open(String address, BelayOptions options) {
      return isShared() ? Belay.open(Path.of(address), options) : Belay.openInMemory(options);
    }
  }

  /** An empty store, once for all tests: to migrate one for each takes most of their time. */
  private static final class Migrated {
    static final byte[] BYTES = bytes();

    private static byte[] bytes() {
      try {
        Path file = Files.createTempFile("belay-empty", ".db");
        Belay.open(file, TestOptions.defaults()).close();
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        return bytes;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

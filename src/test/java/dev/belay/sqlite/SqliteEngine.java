package dev.belay.sqlite;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.kit.Engine;
import dev.belay.kit.Form;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.List;

/** SQLite, as the conformance kit opens it. Stateless, safe for use by many threads. */
public final class SqliteEngine implements Engine {
  /** A file, with the commit groups of the run: 64, if not set otherwise. */
  public static final Form FILE = new SqliteForm("file", true, true, TestOptions.defaults());

  /** A file, each body with a commit of its own. */
  public static final Form FILE_WITHOUT_GROUPS =
      new SqliteForm(
          "file without groups", true, false, TestOptions.defaults().withCommitGroupMax(1));

  /** In memory. */
  public static final Form MEMORY = new SqliteForm("memory", false, false, TestOptions.defaults());

  @Override
  public List<Form> forms() {
    return List.of(FILE, FILE_WITHOUT_GROUPS, MEMORY);
  }

  private record SqliteForm(
      String kind, boolean isShared, boolean runsSlowSuites, BelayOptions options) implements Form {
    @Override
    public String name() {
      return "SQLite, " + kind;
    }

    @Override
    public String numberedId() {
      return "INTEGER PRIMARY KEY";
    }

    @Override
    public String create(Path folder) {
      return folder.resolve("store.db").toString();
    }

    @Override
    public Belay open(String address, BelayOptions options) {
      return isShared ? Belay.open(Path.of(address), options) : Belay.openInMemory(options);
    }
  }
}

package dev.belay.benchmarks.peer;

import dev.belay.Belay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Filled stores, made once for all JVMs of a run and copied by each. Safe for use by many threads.
 *
 * <p>Only closed files are copied, and by name: nothing of this JVM has them open.
 */
public final class Fixtures {
  /** The parameter of benchmarks that says where filled stores are kept. */
  public static final String PARAM = "fixtures";

  private static final class Shared {
    private static final Scratch FOLDER = deletedAtExit();

    private static Scratch deletedAtExit() {
      Scratch folder = new Scratch();
      Runtime.getRuntime().addShutdownHook(new Thread(folder::close));
      return folder;
    }
  }

  private Fixtures() {}

  /** The folder of this run, deleted when this JVM ends; to be handed to the JVMs that measure. */
  public static Path folder() {
    return Shared.FOLDER.folder();
  }

  /**
   * Makes {@code target} a store filled by {@code sql}, or a copy of the one of this name that was
   * filled before.
   *
   * @param folder where filled stores are kept, {@code ""} to keep none
   */
  public static void fill(String folder, String name, Path target, String... sql)
      throws SQLException {
    if (folder.isEmpty()) {
      make(target, sql);
      return;
    }
    Path kept = Path.of(folder, name + ".db");
    try {
      if (!Files.exists(kept)) {
        Path draft = Path.of(folder, name + ".draft");
        make(draft, sql);
        Files.move(draft, kept);
      }
      Files.copy(kept, target);
    } catch (IOException e) {
      throw new UncheckedIOException(kept + " cannot be copied", e);
    }
  }

  private static void make(Path file, String... sql) throws SQLException {
    Belay.open(file).close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      // A crash here costs nothing but this run.
      statement.execute("PRAGMA journal_mode = OFF");
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA cache_size = -65536");
      for (String each : sql) {
        statement.executeUpdate(each);
      }
      statement.execute("PRAGMA journal_mode = WAL"); // as Belay has left it, and finds it
    }
  }
}

package dev.belay.sqlite;

import dev.belay.engine.EngineOptions;
import dev.belay.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * Checks the libraries that Belay needs on the host's class path: a host may manage their versions
 * itself and provide older ones. Stateless, safe for use by many threads.
 */
final class Libraries {
  /** The first version with an exception handler for each configuration. */
  static final String JDBI_MIN = "3.52.0";

  /**
   * The first version of SQLite that is safe: older ones may corrupt a file in WAL mode if two
   * connections write to it.
   */
  static final String SQLITE_MIN = "3.51.3";

  /**
   * The first version whose free edition accepts patterns of migrations that a validation ignores.
   */
  static final String FLYWAY_MIN = "8.0.5";

  private static final String JDBI_NEEDED_CLASS = "org.jdbi.v3.core.statement.SqlExceptionHandler";
  private static final String FLYWAY_VERSION = "/org/flywaydb/core/internal/version.txt";

  private Libraries() {}

  /**
   * Checks that every library can be used, before a file is created.
   *
   * @param options Flyway is needed if they name migrations; a version that is too old is refused
   *     in any case
   * @throws StoreException if one cannot; the message names the library and the oldest version that
   *     works
   */
  static void require(EngineOptions options) {
    requireJdbi("org.jdbi:jdbi3-core", "org.jdbi.v3.core.Jdbi");
    requireJdbi("org.jdbi:jdbi3-sqlobject", "org.jdbi.v3.sqlobject.SqlObjectPlugin");
    if (!isPresent(JDBI_NEEDED_CLASS)) {
      // A jar that was merged from several jars no longer has their versions.
      throw tooOld("org.jdbi:jdbi3-core", "(no " + JDBI_NEEDED_CLASS + ")", JDBI_MIN);
    }
    requireFlyway(options);
    requireSqlite();
  }

  private static void requireJdbi(String name, String type) {
    try {
      Package jdbi = Class.forName(type, false, Libraries.class.getClassLoader()).getPackage();
      requireAtLeast(name, jdbi.getImplementationVersion(), JDBI_MIN);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new StoreException(
          name + " is missing on the class path; " + JDBI_MIN + " or newer is needed", e);
    }
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, Libraries.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Reads Flyway's version without loading its classes, which takes long. */
  private static void requireFlyway(EngineOptions options) {
    try (InputStream version = Libraries.class.getResourceAsStream(FLYWAY_VERSION)) {
      if (version != null) {
        String text = new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
        requireAtLeast("org.flywaydb:flyway-core", text, FLYWAY_MIN);
      } else if (!options.migrations().isEmpty() && !isPresent("org.flywaydb.core.Flyway")) {
        throw new StoreException(
            "org.flywaydb:flyway-core, which runs the application's migrations, is missing on the"
                + " class path; "
                + FLYWAY_MIN
                + " or newer is needed",
            null);
      }
    } catch (IOException e) {
      throw new StoreException("org.flywaydb:flyway-core cannot be read", e);
    }
  }

  private static void requireSqlite() {
    try {
      requireAtLeast("org.xerial:sqlite-jdbc", SQLiteJDBCLoader.getVersion(), SQLITE_MIN);
      requireAtLeast("SQLite (of org.xerial:sqlite-jdbc)", loadedSqlite(), SQLITE_MIN);
    } catch (StoreException e) {
      throw e;
    } catch (Exception | LinkageError e) {
      // At a second try the driver believes that the library is loaded; the first native call then
      // fails with a LinkageError.
      throw new StoreException(
          "org.xerial:sqlite-jdbc could not load its native library, which it unpacks to "
              + System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"))
              + ": that folder must exist, be writable, have room and allow execution; name"
              + " another with -Dorg.sqlite.tmpdir=... and start the process again",
          e);
    }
  }

  /**
   * Returns the version of the native library, which a property of the driver may have replaced.
   */
  private static String loadedSqlite() throws Exception {
    try (Connection connection =
            new JDBC4Connection("jdbc:sqlite::memory:", ":memory:", new Properties());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT sqlite_version()")) {
      return row.getString(1);
    }
  }

  private static void requireAtLeast(String name, @Nullable String found, String least) {
    // A library without a version in its jar, or with an unusual one, is accepted.
    if (found != null && found.matches("\\d{1,9}\\..*") && compareVersions(found, least) < 0) {
      throw tooOld(name, found, least);
    }
  }

  private static StoreException tooOld(String name, String found, String least) {
    return new StoreException(
        name + " " + found + " on the class path is too old; " + least + " or newer is needed",
        null);
  }

  /** Compares two versions number by number, up to the first part that is not a number. */
  static int compareVersions(String left, String right) {
    return Arrays.compare(numbers(left), numbers(right));
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("[.-]"))
        .takeWhile(part -> part.matches("\\d{1,9}"))
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}

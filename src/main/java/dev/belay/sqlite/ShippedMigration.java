package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A migration that ships with this Belay. Immutable, safe for use by many threads.
 *
 * <p>The checksum is the one that Flyway computes. It is a constant, so that an edit of a shipped
 * migration does not stay unnoticed.
 */
record ShippedMigration(String version, String description, int checksum) {
  /** All migrations, oldest first. */
  static final List<ShippedMigration> ALL =
      List.of(
          new ShippedMigration("1", "sessions", -385818220),
          new ShippedMigration("2", "leases", -2101191688),
          new ShippedMigration("3", "queue", -384805619));

  /** The folder of the scripts on the class path, where a host's Flyway does not search. */
  static final String FOLDER = "dev/belay/db/migration/";

  /** Returns the version of an up-to-date schema. */
  static String newestVersion() {
    return ALL.get(ALL.size() - 1).version();
  }

  /** Returns the migrations that a store with the first {@code applied} ones lacks, by script. */
  static List<String> pendingAfter(int applied) {
    return ALL.subList(applied, ALL.size()).stream()
        .map(next -> "belay: " + next.script())
        .toList();
  }

  /** Returns the file name of the script. */
  String script() {
    return "V" + version + "__" + description + ".sql";
  }

  /** Returns the SQL of the script. */
  String sql() {
    try (InputStream stream =
        ShippedMigration.class.getClassLoader().getResourceAsStream(FOLDER + script())) {
      if (stream == null) {
        throw new StoreException(FOLDER + script() + " is not on the class path", null);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StoreException(FOLDER + script() + " cannot be read", e);
    }
  }
}

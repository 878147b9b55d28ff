package dev.belay.sqlite;

import java.util.List;

/**
 * A migration that ships with this Belay. Immutable, safe for use by many threads.
 *
 * <p>The checksum is Flyway's. It stands here so that an up-to-date file is recognised without
 * Flyway, and so that a migration that has shipped cannot be edited unnoticed.
 */
record ShippedMigration(String version, String script, int checksum) {
  /** Every migration, oldest first. */
  static final List<ShippedMigration> ALL =
      List.of(
          new ShippedMigration("1", "V1__sessions.sql", 350227493),
          new ShippedMigration("2", "V2__leases.sql", -1734427333),
          new ShippedMigration("3", "V3__queue.sql", -1017192994));

  /** Where the scripts are on the class path, away from where a host's Flyway would look. */
  static final String FOLDER = "dev/belay/db/migration/";

  /** The version of a schema that is up to date. */
  static String newestVersion() {
    return ALL.get(ALL.size() - 1).version();
  }
}

package dev.belay.postgres;

import dev.belay.store.StoreException;

/**
 * Checks the libraries that only stores on PostgreSQL need: a host adds them itself. Stateless,
 * safe for use by many threads. Refers to no class of theirs.
 */
final class PgLibraries {
  private PgLibraries() {}

  /**
   * Checks that they can be used, before the server is asked.
   *
   * @throws StoreException if one cannot; the message names it
   */
  static void require() {
    require("org.postgresql:postgresql", "org.postgresql.ds.PGSimpleDataSource");
    require("org.flywaydb:flyway-core", "org.flywaydb.core.Flyway");
    require(
        "org.flywaydb:flyway-database-postgresql",
        "org.flywaydb.database.postgresql.PostgreSQLDatabaseType");
  }

  private static void require(String name, String type) {
    try {
      Class.forName(type, false, PgLibraries.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw new StoreException(
          name + " is missing on the class path; a store on PostgreSQL needs it", e);
    }
  }
}

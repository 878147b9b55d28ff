package dev.belay.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Opens connections: of a host's pool, or new ones. Safe for use by many threads.
 *
 * <p>There is no pool here. A store keeps the few connections that it uses.
 */
interface PgSource {
  /** Opens a connection that is in no transaction. */
  Connection open() throws SQLException;
}

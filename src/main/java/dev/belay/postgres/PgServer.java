package dev.belay.postgres;

import dev.belay.store.StoreException;
import dev.belay.store.StoreReadOnlyException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.postgresql.core.BaseConnection;

/**
 * What a store learns of its server when it is opened. Immutable, safe for use by many threads.
 *
 * @param name the name of the store in messages
 * @param schema the schema that new tables get into
 * @param searchPath the search path of the connections
 */
record PgServer(String name, String schema, String searchPath) {
  private static final int VERSION_MIN = 150_000;

  private static final String QUESTIONS =
      """
      SELECT current_setting('server_version_num')::integer, current_setting('server_version'),
             pg_is_in_recovery(), current_setting('transaction_read_only'),
             current_setting('server_encoding'), current_schema(), current_setting('search_path')
      """;

  /**
   * Asks on a connection that has just been opened.
   *
   * @throws StoreException if no store can be kept there
   */
  static PgServer ask(Connection connection) throws SQLException {
    String url = connection.getMetaData().getURL();
    String name = url == null ? "PostgreSQL" : nameOf(url);
    if (!connection.isWrapperFor(BaseConnection.class)) {
      throw new StoreException(
          name + ": the connections must be those of the driver org.postgresql:postgresql", null);
    }
    if (!PgHostTransaction.isIdle(connection)) {
      throw new StoreException(
          name
              + ": the DataSource hands out connections that are already in a transaction; Belay"
              + " begins and ends its own (HikariCP without autoCommit needs"
              + " isolateInternalQueries)",
          null);
    }
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUESTIONS)) {
      row.next();
      if (row.getInt(1) < VERSION_MIN) {
        throw new StoreException(
            name + ": PostgreSQL 15 or newer is needed, found " + row.getString(2), null);
      }
      if (row.getBoolean(3)) {
        throw new StoreReadOnlyException(name + ": the server is a standby", null);
      }
      if (!row.getString(4).equals("off")) {
        throw new StoreReadOnlyException(name + ": the server or its user is read-only", null);
      }
      if (!row.getString(5).equals("UTF8")) {
        throw new StoreException(
            name + ": the encoding of the database must be UTF8, found " + row.getString(5), null);
      }
      String schema = row.getString(6);
      if (schema == null) {
        throw new StoreException(
            name + ": no schema of the search path exists: " + row.getString(7), null);
      }
      return new PgServer(name + " (schema " + schema + ")", schema, row.getString(7));
    }
  }

  /** Returns the URL of a store without its parameters, one of which may be a password. */
  static String nameOf(String url) {
    int parameters = url.indexOf('?');
    return parameters < 0 ? url : url.substring(0, parameters);
  }

  /** Returns the name of the schema as SQL has it. */
  String quotedSchema() {
    return '"' + schema.replace("\"", "\"\"") + '"';
  }

  /**
   * Returns the name of the channel for notifications of this schema: a name of a schema may have
   * any characters, and is as long as a name of a channel can be.
   */
  String channel() {
    return "belay_" + UUID.nameUUIDFromBytes(schema.getBytes(StandardCharsets.UTF_8));
  }
}

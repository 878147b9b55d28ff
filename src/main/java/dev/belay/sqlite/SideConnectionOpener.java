package dev.belay.sqlite;

import java.sql.SQLException;
import org.sqlite.SQLiteConnection;

/**
 * Opens connections of the store's own, on which no body runs. Belongs to the thread that is to own
 * the connection.
 */
@FunctionalInterface
interface SideConnectionOpener {
  SQLiteConnection open() throws SQLException;
}

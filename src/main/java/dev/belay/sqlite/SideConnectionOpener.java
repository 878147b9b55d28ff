package dev.belay.sqlite;

import java.sql.SQLException;
import org.sqlite.SQLiteConnection;

/**
 * Opens a connection of the store's own, on which no body runs. Belongs to the thread that is to
 * own it.
 */
@FunctionalInterface
interface SideConnectionOpener {
  SQLiteConnection open() throws SQLException;
}

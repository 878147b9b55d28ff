package dev.belay.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * How long the log is, as a checkpoint tells. Immutable.
 *
 * <p>One that finds another under way is busy and tells nothing: both counts are -1.
 *
 * @param busy whether the checkpoint could not do all that it should
 * @param frames how many pages the log holds
 * @param moved how many of them are in the database too, by whatever checkpoint
 * @param pageBytes how long a page is
 */
record WalLength(boolean busy, int frames, int moved, int pageBytes) {
  /** A checkpoint that moves nothing. */
  static final String ASK = "PRAGMA wal_checkpoint(NOOP)";

  /** Makes the checkpoint. */
  static WalLength of(PreparedStatement checkpoint) throws SQLException {
    int pageBytes = pageBytes(checkpoint.getConnection());
    try (ResultSet row = checkpoint.executeQuery()) {
      row.next();
      return new WalLength(row.getInt(1) != 0, row.getInt(2), row.getInt(3), pageBytes);
    }
  }

  /** How long a page of this connection's file is. */
  static int pageBytes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA page_size")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** How long the log is. */
  long bytes() {
    return (long) frames * pageBytes;
  }

  /** Returns how much is in the WAL alone; the maximum if it is unknown. */
  long unmovedBytes() {
    return frames < 0 ? Long.MAX_VALUE : (long) (frames - moved) * pageBytes;
  }
}

package dev.belay.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The length of the WAL, as a checkpoint reports it. Immutable, safe for use by many threads.
 *
 * <p>A checkpoint that finds another one running is busy and reports no length: both counts are -1.
 *
 * @param busy whether the checkpoint could not be completed
 * @param frames the number of frames in the WAL; each holds one page
 * @param moved the number of those frames that any checkpoint has copied into the database
 * @param pageBytes the size of a page, in bytes
 */
record WalLength(boolean busy, int frames, int moved, int pageBytes) {
  /** A checkpoint that moves no frame and only reports the length. */
  static final String ASK = "PRAGMA wal_checkpoint(NOOP)";

  /** Makes the checkpoint and returns the length that it reports. */
  static WalLength of(PreparedStatement checkpoint) throws SQLException {
    int pageBytes = pageBytes(checkpoint.getConnection());
    try (ResultSet row = checkpoint.executeQuery()) {
      row.next();
      return new WalLength(row.getInt(1) != 0, row.getInt(2), row.getInt(3), pageBytes);
    }
  }

  /** Returns the page size of the connection's file, in bytes. */
  static int pageBytes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA page_size")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** Returns the length of the WAL, in bytes of pages. */
  long bytes() {
    return (long) frames * pageBytes;
  }

  /**
   * Returns the bytes of pages that are only in the WAL; {@code Long.MAX_VALUE} if that is unknown.
   */
  long unmovedBytes() {
    return frames < 0 ? Long.MAX_VALUE : (long) (frames - moved) * pageBytes;
  }
}

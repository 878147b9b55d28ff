package dev.belay.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * How long the log is, as a checkpoint tells. Immutable.
 *
 * <p>One that finds another under way is busy and tells nothing: both numbers are -1.
 *
 * @param busy whether the checkpoint could not do all that it should
 * @param frames how many pages the log holds
 * @param moved how many of them are in the database too, by whatever checkpoint
 */
record LogLength(boolean busy, int frames, int moved) {
  /** A checkpoint that moves nothing. */
  static final String ASK = "PRAGMA wal_checkpoint(NOOP)";

  /** Makes the checkpoint. */
  static LogLength of(PreparedStatement checkpoint) throws SQLException {
    try (ResultSet row = checkpoint.executeQuery()) {
      row.next();
      return new LogLength(row.getInt(1) != 0, row.getInt(2), row.getInt(3));
    }
  }

  /** How many pages are in the log alone; as many as can be if nobody knows. */
  int unmoved() {
    return frames < 0 ? Integer.MAX_VALUE : frames - moved;
  }
}

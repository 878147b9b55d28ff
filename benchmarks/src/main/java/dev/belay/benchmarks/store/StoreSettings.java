package dev.belay.benchmarks.store;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.benchmarks.peer.RawConnection;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;

/**
 * What all peers of a measurement share, and the size of Belay's commit groups. Immutable.
 *
 * @param file a store that Belay has made
 */
record StoreSettings(Path file, Sync sync, int commitGroupMax) {
  /** How long a peer waits for SQLite's lock: as long as Belay does by default. */
  static final int BUSY_TIMEOUT_MS = (int) BelayOptions.BUSY_TIMEOUT_DEFAULT.toMillis();

  /** The driver's connection, with the pragmas of {@link RawConnection}. */
  SQLiteConnection connect() throws SQLException {
    return RawConnection.connect(
        file, sync.name(), BUSY_TIMEOUT_MS, RawConnection.CHECKPOINT_PAGES);
  }

  Belay openBelay() {
    return Belay.open(
        file,
        BelayOptions.defaults()
            .withDurability(sync.durability())
            .withCommitGroupMax(commitGroupMax));
  }
}

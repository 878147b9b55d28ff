package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.OwnSession;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * One way of writing sessions. Safe for use by many threads, each with a session of its own.
 *
 * <p>The operation is the same for all: the head moves by compare and swap on its revision, and one
 * event is appended.
 */
interface SessionWriter extends AutoCloseable {
  /**
   * Does the operation {@code count} times in one transaction; how often SQLite said BUSY before it
   * succeeded.
   */
  int write(OwnSession session, String payload, int count) throws SQLException;

  @Override
  void close() throws SQLException;

  /** The peer of this name, as in the tables. */
  static SessionWriter of(String peer, StoreSettings settings) throws SQLException {
    return switch (peer) {
      case "raw" -> new RawSharedWriter(settings, false);
      case "raw commit" -> new RawSharedWriter(settings, true);
      case "raw per thread" -> new RawPerThreadWriter(settings);
      case "plain JDBI immediate" ->
          new PlainJdbiWriter(settings, TransactionMode.IMMEDIATE, false);
      case "plain JDBI deferred" -> new PlainJdbiWriter(settings, TransactionMode.DEFERRED, false);
      case "plain JDBI deferred, reads first" ->
          new PlainJdbiWriter(settings, TransactionMode.DEFERRED, true);
      case "plain JDBI immediate commit" ->
          new PlainJdbiWriter(settings, TransactionMode.IMMEDIATE, true);
      case "belay" -> new BelayWriter(settings);
      case "belay, one in ten refused" -> new RefusingWriter(settings);
      case "belay commit" -> new BelayCommitWriter(settings);
      default -> throw new IllegalArgumentException("no such peer: " + peer);
    };
  }
}

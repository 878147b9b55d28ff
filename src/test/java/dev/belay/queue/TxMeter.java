package dev.belay.queue;

import dev.belay.Belay;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.sqlite.Function;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

/**
 * A meter of the largest transaction of a store: steps of the database's virtual machine, and
 * deleted bytes of payloads, results, states and events. For {@code BelayOptions.withConnection}.
 * Safe for use by many threads.
 */
final class TxMeter implements Consumer<Connection> {
  /** The number of steps per count: a call into Java for each step would take most of the time. */
  private static final int STEPS_EACH = 20;

  private Transaction largest = new Transaction(0, 0);
  private int transactions;

  /** The measurement of one transaction. */
  record Transaction(long steps, long bytes) {}

  @Override
  public void accept(Connection connection) {
    try {
      Counter counter = new Counter();
      ProgressHandler.setHandler(connection, STEPS_EACH, counter.progress);
      Function.create(connection, "deleted_bytes", counter.deletedBytes);
      ((SQLiteConnection) connection).addCommitListener(counter);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Counts the bytes that are deleted from every table with large columns. */
  static void watchDeletes(Belay belay) {
    belay.useWrite(
        tx -> {
          watchDeletes(tx.handle()::execute, "belay_work_payload", "payload");
          watchDeletes(tx.handle()::execute, "belay_work_result", "result");
          watchDeletes(tx.handle()::execute, "belay_session_event", "payload");
          watchDeletes(tx.handle()::execute, "belay_session_state", "state");
        });
  }

  private static void watchDeletes(Consumer<String> execute, String table, String column) {
    execute.accept(
        "CREATE TRIGGER watched_"
            + table
            + " AFTER DELETE ON "
            + table
            + " BEGIN SELECT deleted_bytes(octet_length(OLD."
            + column
            + ")); END");
  }

  /** Runs {@code verb} and returns the measurement of its largest transaction. */
  Transaction of(Callable<?> verb) throws Exception {
    reset();
    Object unused = verb.call();
    return largest();
  }

  /** Returns the number of transactions that have committed since the last measurement began. */
  synchronized int transactions() {
    return transactions;
  }

  private synchronized Transaction largest() {
    return largest;
  }

  private synchronized void reset() {
    largest = new Transaction(0, 0);
    transactions = 0;
  }

  private synchronized void committed(long steps, long bytes) {
    largest = new Transaction(Math.max(largest.steps, steps), Math.max(largest.bytes, bytes));
    transactions++;
  }

  private final class Counter implements SQLiteCommitListener {
    private long steps;
    private long bytes;

    private final ProgressHandler progress =
        new ProgressHandler() {
          @Override
          protected int progress() {
            steps += STEPS_EACH;
            return 0;
          }
        };

    private final Function deletedBytes =
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            bytes += value_long(0);
            result();
          }
        };

    @Override
    public void onCommit() {
      committed(steps, bytes);
      onRollback();
    }

    @Override
    public void onRollback() {
      steps = 0;
      bytes = 0;
    }
  }
}

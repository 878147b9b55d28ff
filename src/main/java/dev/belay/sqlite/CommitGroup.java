package dev.belay.sqlite;

import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import dev.belay.store.TxOutcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;

/**
 * The write bodies that share one transaction. Belongs to the thread that owns the connection.
 *
 * <p>Bodies run one after another under one write lock and are acknowledged together after one
 * COMMIT. Each has the outcome that it would have had alone.
 */
final class CommitGroup {
  /*
   * The group is optimistic: it sets no savepoints. A body that throws or rolls back before it has
   * changed anything, as most refusals do, leaves the group whole, and is answered with it. When
   * one undoes what it has changed, when the store fails, or when the COMMIT fails and is known to
   * have written nothing, the whole group is rolled back; the body that made its own choice has its
   * answer, and the others run again, each in a transaction of its own. So a neighbour can cost a
   * body a second run but never its result, and a body that fails alone has failed for a reason of
   * its own. Who made its own choice is answered last: it may speak of what the others had written.
   *
   * After a COMMIT whose result is unknown nobody runs again: that might do everything twice.
   */
  private static final long HOLD_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(5);

  private final WriteServer server;
  private final BoundConnection connection;
  private final SqliteErrors errors;
  private final Callbacks callbacks;
  private final List<BodyRun> runs = new ArrayList<>();

  CommitGroup(
      WriteServer server, BoundConnection connection, SqliteErrors errors, Callbacks callbacks) {
    this.server = server;
    this.connection = connection;
    this.errors = errors;
    this.callbacks = callbacks;
  }

  /** Runs what {@code source} has, until all who were taken in have their outcome. */
  void serve(Source source, LockWait lockWait, int membersMax) {
    try {
      connection.<TxOutcome<@Nullable Object>>inTransaction(
          transaction -> lockWait.acquire(transaction::beginWriting, source),
          handle -> connection.transaction().isOpen() ? runBodies(source, membersMax) : KEEP);
      settle();
    } catch (BoundConnection.BeginException e) {
      failNext(source, errors.operating("BEGIN IMMEDIATE", e.failure()));
      server.discard(connection);
    } catch (BoundConnection.EndException e) {
      settle(e);
    } catch (Throwable e) {
      if (runs.isEmpty()) {
        failNext(source, e);
      }
      failRest(e);
    }
  }

  private void failNext(Source source, Throwable failure) {
    Request<?> head = source.next();
    if (head != null && head.start()) {
      head.fail(failure, callbacks);
    }
  }

  /** After code of others has thrown where none should: nobody is left without an answer. */
  private void failRest(Throwable failure) {
    server.discard(connection);
    for (BodyRun run : runs) {
      if (!run.request().isDone()) {
        run.request().fail(failure, callbacks);
      }
    }
  }

  private static final TxOutcome<@Nullable Object> KEEP = TxOutcome.commit(null);
  private static final TxOutcome<@Nullable Object> UNDO = TxOutcome.rollback(null);

  private TxOutcome<@Nullable Object> runBodies(Source source, int membersMax) {
    long heldSince = System.nanoTime();
    var now = server.now();
    do {
      Request<?> next = source.peek();
      if (next == null || !next.kind().writes()) {
        return KEEP;
      }
      next = source.next();
      if (next != null && next.start()) {
        BodyRun run = server.run(next, connection, now);
        runs.add(run);
        if (!run.leavesTransactionWhole()) {
          return UNDO;
        }
      }
    } while (runs.size() < membersMax && System.nanoTime() - heldSince < HOLD_NANOS_MAX);
    return KEEP;
  }

  /** Runs a body that has run before, alone. */
  void serveAgain(Request<?> request, LockWait lockWait) {
    request.hooks().clear();
    try {
      connection.<TxOutcome<@Nullable Object>>inTransaction(
          transaction -> {
            lockWait.acquireAgain(transaction::beginWriting, request);
            return true;
          },
          handle -> {
            runs.add(server.run(request, connection, server.now()));
            return last().leavesTransactionWhole() ? KEEP : UNDO;
          });
      settle();
    } catch (StoreException e) {
      request.fail(e, callbacks);
    } catch (BoundConnection.BeginException e) {
      request.fail(errors.operating("BEGIN IMMEDIATE", e.failure()), callbacks);
      server.discard(connection);
    } catch (BoundConnection.EndException e) {
      settle(e);
    } catch (Throwable e) {
      if (!request.isDone()) {
        request.fail(e, callbacks);
      }
      server.discard(connection);
    }
  }

  /** Gives every member its outcome, after the transaction has ended as its bodies wanted. */
  private void settle() {
    if (runs.isEmpty()) {
      return;
    }
    BodyRun last = last();
    finishHandles(last.leavesTransactionWhole());
    if (!connection.isUsable()) {
      server.discard(connection);
    }
    settleEnded(last);
  }

  private void settleEnded(BodyRun last) {
    List<BodyRun> before = runs.subList(0, runs.size() - 1);
    switch (last.end()) {
      case KEPT, UNCHANGED -> answerCommitted(runs);
      case UNDONE -> {
        runAgain(before);
        last.answer(callbacks); // not earlier: it may speak of what they had written
      }
      case DIED -> {
        if (before.isEmpty()) {
          last.answer(callbacks);
        } else {
          runAgain(runs);
        }
      }
      case COMMITTED_BY_HAND -> {
        answerCommitted(before);
        last.answer(callbacks);
      }
    }
  }

  /** Gives every member its outcome, after the COMMIT or the ROLLBACK itself has failed. */
  private void settle(BoundConnection.EndException failed) {
    finishHandles(false);
    if (failed.committing() && SqliteErrors.commitWroteNothing(failed.failure())) {
      rollbackAfterFailedCommit();
      settleRefusedCommit(failed.failure());
      return;
    }
    server.discard(connection);
    if (failed.committing()) {
      settleUnknownCommit(commitUnknown(failed.failure()));
    } else {
      settleEnded(last()); // closing the connection has rolled back what ROLLBACK could not
    }
  }

  private void runAgain(List<BodyRun> undone) {
    undone.stream()
        .filter(run -> run.end() != BodyRun.End.UNCHANGED)
        .forEach(run -> server.runAgain(run.request()));
    // who made its own choice has its answer, after those of whom it may speak
    undone.stream()
        .filter(run -> run.end() == BodyRun.End.UNCHANGED)
        .forEach(run -> run.answer(callbacks));
  }

  private void answerCommitted(List<BodyRun> committed) {
    committed.forEach(run -> run.answerCommitted(callbacks));
    server.committed();
  }

  private BodyRun last() {
    return runs.get(runs.size() - 1);
  }

  private void finishHandles(boolean committed) {
    for (BodyRun run : runs) {
      run.finish(connection, committed && run.end() == BodyRun.End.KEPT);
    }
  }

  private void rollbackAfterFailedCommit() {
    try {
      connection.transaction().rollback();
    } catch (SQLException e) {
      server.discard(connection);
    }
  }

  private void settleRefusedCommit(SQLException failure) {
    if (runs.size() > 1) {
      runAgain(runs);
      return;
    }
    StoreException operating = errors.translate(failure);
    runs.get(0)
        .request()
        .fail(
            operating != null
                ? operating
                // a deferred constraint: the user's statements are to blame, so it stays JDBI's
                : new TransactionException("COMMIT refused, rolled back", failure),
            callbacks);
  }

  private void settleUnknownCommit(CommitUnknownException unknown) {
    for (BodyRun run : runs) {
      if (run.end() == BodyRun.End.UNCHANGED) {
        run.answer(callbacks); // of its own outcome nothing is unknown
      } else {
        run.request().fail(unknown, callbacks);
      }
    }
  }

  private CommitUnknownException commitUnknown(SQLException failure) {
    return new CommitUnknownException(
        errors.operating("COMMIT", failure).getMessage()
            + "; whether the commit lasted is unknown, look before trying again",
        failure);
  }
}

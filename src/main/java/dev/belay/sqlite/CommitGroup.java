package dev.belay.sqlite;

import dev.belay.engine.StoreEngine.Event;
import dev.belay.engine.jdbc.BeginException;
import dev.belay.engine.jdbc.BodyRun;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.TxEnd;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.Source;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import dev.belay.store.TxOutcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A group of write bodies that share one transaction. Belongs to the thread that owns the
 * connection.
 *
 * <p>The bodies run one after another under one write lock, and are acknowledged together after one
 * COMMIT. Each has the outcome that it would have had alone, in the order of the group.
 */
final class CommitGroup {
  /*
   * 1. A body that throws or rolls back is undone by its savepoint, or has written nothing. It is
   *    answered like the others, after the COMMIT of the writes that it may have read.
   * 2. A body that cannot be undone alone (the first to write, or a verb of Belay that fails after
   *    its first write), or that loses the transaction, ends the group. Everything is rolled back
   *    and the others run again together. The body then runs again alone, unless nothing had been
   *    written before it: then it keeps its answer.
   * 3. After a refused COMMIT every body runs again alone.
   * 4. After a COMMIT of unknown result no body runs again: everything might be done twice.
   * 5. A body that ended before the first write of the group always keeps its answer.
   *
   * All outcomes are decided first; then all callers are answered.
   */
  private static final long HOLD_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(5);
  private static final TxOutcome<@Nullable Object> KEEP = TxOutcome.commit(null);
  private static final TxOutcome<@Nullable Object> UNDO = TxOutcome.rollback(null);

  private final GroupSurroundings around;
  private final BoundConnection connection;
  private final Callbacks callbacks;
  private final List<BodyRun> runs = new ArrayList<>();
  private @Nullable Request<?> running;
  private @Nullable StoreException fileGone;
  private boolean schemaTouched;

  CommitGroup(GroupSurroundings around, BoundConnection connection, Callbacks callbacks) {
    this.around = around;
    this.connection = connection;
    this.callbacks = callbacks;
  }

  /** The bodies of a group that must run again: some together, then the others one by one. */
  record Again(List<Request<?>> together, List<Request<?>> alone) {
    static final Again NONE = new Again(List.of(), List.of());

    boolean isEmpty() {
      return together.isEmpty() && alone.isEmpty();
    }
  }

  /** Returns the number of bodies that have run. */
  int members() {
    return runs.size();
  }

  /** Runs the requests of {@code source}. Each that was taken has its outcome, or runs again. */
  Again serve(Source source, LockWait lockWait, int membersMax) {
    try {
      TxEnd end =
          connection.<TxOutcome<@Nullable Object>>inTransaction(
              lockWait.beginFor(source),
              handle -> connection.transaction().isOpen() ? runBodies(source, membersMax) : KEEP);
      return settle(end);
    } catch (BeginException e) {
      around.beginFailed(source, connection, e.failure());
    } catch (Throwable e) {
      return new FailedGroup(around, connection, callbacks).rescue(source, running, runs, e);
    }
    return Again.NONE;
  }

  /** Runs the bodies; what they wrote must not go into a file that no longer has the name. */
  private TxOutcome<@Nullable Object> runBodies(Source source, int membersMax) {
    around.requireSameSchema(connection);
    TxOutcome<@Nullable Object> wanted = runUpTo(source, membersMax);
    try {
      around.requireSameFile();
      return wanted;
    } catch (StoreException e) {
      fileGone = e;
      return UNDO;
    }
  }

  private TxOutcome<@Nullable Object> runUpTo(Source source, int membersMax) {
    long heldSince = System.nanoTime();
    var now = around.now();
    do {
      Request<?> next = source.peek();
      if (next == null || !next.kind().writes()) {
        return KEEP;
      }
      next = source.next();
      if (next != null && next.start()) {
        running = next;
        BodyRun run = around.run(next, connection, now);
        runs.add(run);
        running = null;
        if (!run.leavesTransactionWhole()) {
          return UNDO;
        }
        if (endsGroup(run, membersMax)) {
          return KEEP;
        }
      }
    } while (runs.size() < membersMax && System.nanoTime() - heldSince < HOLD_NANOS_MAX);
    return KEEP;
  }

  /** Returns whether the effects of {@code run} allow no further body in this transaction. */
  private boolean endsGroup(BodyRun run, int membersMax) {
    schemaTouched |= connection.edge().hasTouchedSchema();
    if (connection.edge().isChanged()) {
      return true;
    }
    try {
      return membersMax > 1
          && run.hasWritten()
          && SqliteConnectionDriver.of(connection).state().defersForeignKeys(schemaTouched);
    } catch (SQLException e) {
      return true; // the COMMIT reports what is wrong with the connection
    }
  }

  /** Decides every outcome by the end of the transaction, then answers the callers. */
  private Again settle(TxEnd end) {
    connection.faults().reach(FaultPoints.Point.DECIDES);
    if (!end.isSound() || connection.edge().isChanged() || !connection.isUsable()) {
      around.discard(connection);
    }
    if (runs.isEmpty()) {
      return Again.NONE;
    }
    runs.forEach(run -> run.sharedBy(runs.size()));
    StoreException gone = fileGone;
    if (gone != null) {
      runs.forEach(run -> run.fail(gone, callbacks));
      return Again.NONE;
    }
    return switch (end.state()) {
      case COMMITTED -> {
        runs.forEach(BodyRun::signal);
        around.committed();
        runs.forEach(run -> run.answer(Event.COMMIT, callbacks));
        yield Again.NONE;
      }
      case UNKNOWN -> {
        CommitUnknownException unknown = connection.errors().commitUnknown(end.failure());
        answerIndependent(runs).forEach(run -> run.fail(unknown, callbacks));
        yield Again.NONE;
      }
      case REFUSED -> refused(end);
      case ROLLED_BACK, NOT_BEGUN -> lost(runs.get(runs.size() - 1));
    };
  }

  private List<BodyRun> answerIndependent(List<BodyRun> members) {
    List<BodyRun> others = new ArrayList<>();
    for (BodyRun run : members) {
      if (run.isIndependent()) {
        run.signal();
        run.answer(Event.COMMIT, callbacks);
      } else {
        others.add(run);
      }
    }
    return others;
  }

  private Again refused(TxEnd end) {
    List<BodyRun> others = answerIndependent(runs);
    if (others.size() == 1) {
      others.get(0).fail(connection.errors().commitRefused(end.failure()), callbacks);
      return Again.NONE;
    }
    return new Again(List.of(), again(others));
  }

  private Again lost(BodyRun culprit) {
    if (culprit.leavesTransactionWhole()) { // it was lost after the bodies: none caused it
      return new Again(List.of(), again(answerIndependent(runs)));
    }
    List<BodyRun> others = answerIndependent(runs.subList(0, runs.size() - 1));
    if (!culprit.isAfterWrite()) {
      culprit.answer(Event.OUTCOME, callbacks);
      return new Again(again(others), List.of());
    }
    return new Again(again(others), List.of(culprit.again(callbacks)));
  }

  private List<Request<?>> again(List<BodyRun> undone) {
    List<Request<?>> requests = new ArrayList<>(undone.size());
    undone.forEach(run -> requests.add(run.again(callbacks)));
    return requests;
  }
}

package dev.belay.sqlite;

import dev.belay.engine.StoreEngine.Event;
import dev.belay.engine.jdbc.BodyRun;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.TxEnd;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.Source;
import dev.belay.store.CommitUnknownException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settles a {@link CommitGroup} after an exception where none is expected. Every member gets an
 * answer, every answer is true, and a member that did not cause the exception runs again if that is
 * safe. Belongs to the thread that owns the connection.
 */
record FailedGroup(GroupSurroundings around, BoundConnection connection, Callbacks callbacks) {
  /**
   * Returns the requests that have to run again, each alone.
   *
   * @param caught the member during whose run the failure was thrown; null if there is none
   * @param runs the runs of the members before it
   */
  CommitGroup.Again rescue(
      Source source, @Nullable Request<?> caught, List<BodyRun> runs, Throwable failure) {
    TxEnd.State ended = connection.transaction().lastEnd().state();
    around.discard(connection);
    if (caught != null) {
      caught.fail(failure, callbacks);
    } else if (runs.isEmpty()) {
      around.failNext(source, failure); // otherwise it would cause the same failure for ever
    }
    try {
      if (runs.size() > (caught == null ? 1 : 0)
          && ended != TxEnd.State.COMMITTED
          && ended != TxEnd.State.UNKNOWN) {
        return new CommitGroup.Again(List.of(), againIfLeft(runs));
      }
    } catch (Throwable e) {
      Reports.report(e);
    }
    failRest(runs, ended, failure);
    return CommitGroup.Again.NONE;
  }

  private List<Request<?>> againIfLeft(List<BodyRun> runs) {
    List<Request<?>> requests = new ArrayList<>(runs.size());
    for (BodyRun run : runs) {
      if (!run.request().isDone()) {
        requests.add(run.again(callbacks));
      }
    }
    return requests;
  }

  /**
   * Answers the remaining members. Uses no lambda: linking one for the first time may fail after an
   * error of the JVM.
   */
  private void failRest(List<BodyRun> runs, TxEnd.State ended, Throwable failure) {
    if (ended == TxEnd.State.COMMITTED) {
      signal(runs);
    }
    for (BodyRun run : runs) {
      if (run.request().isDone()) {
        continue;
      }
      if (ended == TxEnd.State.COMMITTED) {
        run.answer(Event.COMMIT, callbacks);
      } else {
        run.fail(ended == TxEnd.State.UNKNOWN ? unknown(failure) : failure, callbacks);
      }
    }
  }

  /**
   * Runs the signals and reports the commit. A failure here must not keep the answer from any
   * member.
   */
  private void signal(List<BodyRun> runs) {
    try {
      for (BodyRun run : runs) {
        run.signal();
      }
      around.committed();
    } catch (Throwable e) {
      Reports.report(e);
    }
  }

  private Throwable unknown(Throwable failure) {
    try {
      return connection.errors().commitUnknown(failure);
    } catch (Throwable e) {
      return new CommitUnknownException("COMMIT failed; whether it lasted is unknown", failure);
    }
  }
}

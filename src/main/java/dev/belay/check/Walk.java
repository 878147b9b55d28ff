package dev.belay.check;

import dev.belay.store.Finding;
import dev.belay.store.Tx;
import java.util.List;
import java.util.Optional;

/**
 * A walk through one table in the order of its key. Immutable, safe for use by many threads.
 *
 * @param table what is walked through, for people
 * @param find returns what is wrong with the next rows
 * @param last returns the last of the next rows; empty if there are fewer
 */
record Walk(String table, Step<List<Finding>> find, Step<Optional<Place>> last) {
  /** One read of the rows after a place. */
  interface Step<T> {
    T after(Tx tx, Place place, int rows);
  }

  /** The walks through all tables. */
  static final List<Walk> ALL =
      List.of(
          new Walk(
              "counters",
              (tx, at, rows) -> tx.attach(LeaseCheckDao.class).counters(),
              (tx, at, rows) -> Optional.empty()),
          new Walk(
              "sessions",
              (tx, at, rows) -> sessions(tx).heads(at.no(), rows),
              (tx, at, rows) -> sessions(tx).lastHead(at.no(), rows)),
          new Walk(
              "deleted and cleared sessions",
              (tx, at, rows) -> sessions(tx).unfreed(at.no(), rows),
              (tx, at, rows) -> sessions(tx).lastUnfreed(at.no(), rows)),
          new Walk(
              "states of sessions",
              (tx, at, rows) -> sessions(tx).states(at.no(), rows),
              (tx, at, rows) -> sessions(tx).lastState(at.no(), rows)),
          new Walk(
              "events of sessions",
              (tx, at, rows) -> sessions(tx).events(at.no(), at.seq(), rows),
              (tx, at, rows) -> sessions(tx).lastEvent(at.no(), at.seq(), rows)),
          new Walk(
              "receipts of sessions",
              (tx, at, rows) -> sessions(tx).receipts(at.no(), at.name(), rows),
              (tx, at, rows) -> sessions(tx).lastReceipt(at.no(), at.name(), rows)),
          new Walk(
              "leases",
              (tx, at, rows) -> tx.attach(LeaseCheckDao.class).leases(at.name(), rows),
              (tx, at, rows) -> tx.attach(LeaseCheckDao.class).lastLease(at.name(), rows)),
          new Walk(
              "work",
              (tx, at, rows) -> work(tx).works(at.no(), rows),
              (tx, at, rows) -> work(tx).lastWork(at.no(), rows)),
          new Walk(
              "payloads of work",
              (tx, at, rows) -> work(tx).payloads(at.no(), rows),
              (tx, at, rows) -> work(tx).lastPayload(at.no(), rows)),
          new Walk(
              "results of work",
              (tx, at, rows) -> work(tx).results(at.no(), rows),
              (tx, at, rows) -> work(tx).lastResult(at.no(), rows)));

  private static SessionCheckDao sessions(Tx tx) {
    return tx.attach(SessionCheckDao.class);
  }

  private static WorkCheckDao work(Tx tx) {
    return tx.attach(WorkCheckDao.class);
  }
}

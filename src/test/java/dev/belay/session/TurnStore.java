package dev.belay.session;

import dev.belay.Belay;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Work;
import dev.belay.queue.WorkQueue;
import dev.belay.testing.ManualClock;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A store with a session {@code s} at revision 1, a queue, and a clock that stands still. Belongs
 * to the test that opened it.
 */
final class TurnStore implements AutoCloseable {
  static final Duration TTL = Duration.ofSeconds(30);
  static final String QUEUE = "jobs";

  final ManualClock clock = new ManualClock();
  final Belay belay;
  final Sessions sessions;
  final WorkQueue queue;
  private final Path file;

  TurnStore(Path file) {
    this.file = file;
    belay = Belay.open(file, TestOptions.defaults().withClock(clock));
    sessions = belay.sessions();
    queue = belay.queue(QUEUE);
    sessions.commit(SessionCommit.to("s", 0).operation("first").append(event("a"))).orThrow();
  }

  static NewEvent event(String payload) {
    return NewEvent.of("message", payload);
  }

  /** New work in no lane, claimed as a grant of its own. */
  Claim claimNew(String payload) {
    queue.enqueue(NewWork.of(payload));
    return queue.claim("a", TTL).orElseThrow();
  }

  /** New work in a lane, claimed as one grant. */
  List<Claim> claimNewLane(String lane, String... payloads) {
    for (String payload : payloads) {
      queue.enqueue(NewWork.of(payload).withLane(lane));
    }
    return queue.claimLane(lane, "a", TTL, payloads.length);
  }

  Lease lease(String name, String holder) {
    if (belay.leases().acquire(name, holder, TTL) instanceof Granted granted) {
      return granted.lease();
    }
    throw new IllegalStateException("lease " + name + " is held");
  }

  Work work(Claim claim) {
    return queue.find(claim.workId()).orElseThrow();
  }

  long revision() {
    return sessions.find("s").orElseThrow().revision();
  }

  /** Every row of every table, the counters of ids and tokens among them. */
  List<String> everything() throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String table :
        PlainSqlite.rows(file, "SELECT name FROM sqlite_master WHERE type = 'table'")) {
      for (String row : PlainSqlite.rows(file, "SELECT * FROM " + table)) {
        rows.add(table + ": " + row);
      }
    }
    return rows;
  }

  @Override
  public void close() {
    belay.close();
  }
}

package dev.belay.postgres;

import dev.belay.Belay;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Notes;
import java.time.Duration;
import java.util.Optional;

/** The calls whose connection is cut at COMMIT. Stateless, safe for use by many threads. */
enum CutCall {
  BODY("SELECT text FROM note WHERE text = :id") {
    @Override
    Object call(Belay belay, String id, Object given) {
      return belay.write(
          tx -> {
            Notes.add(tx, id);
            return id;
          });
    }

    @Override
    String claimed(Object outcome) {
      return (String) outcome;
    }
  },

  OPERATION(
      "SELECT e.seq FROM belay_session s JOIN belay_session_event e ON e.session_no = s.no"
          + " LEFT JOIN belay_session_receipt r ON r.session_no = s.no AND r.operation_id = 'op'"
          + " AND r.first_seq = e.seq"
          + " WHERE s.id = :id AND e.payload = 'cut' AND r.hash IS NOT NULL"
          + " AND s.last_seq = e.seq AND s.revision = 2") {
    @Override
    Object prepare(Belay belay, String id) {
      return COMMIT.prepare(belay, id);
    }

    @Override
    Object call(Belay belay, String id, Object given) {
      return belay
          .sessions()
          .commit(SessionCommit.to(id).operation("op").append(NewEvent.of("t", "cut")));
    }

    @Override
    String claimed(Object outcome) {
      return COMMIT.claimed(outcome);
    }
  },

  COMMIT(
      "SELECT e.seq FROM belay_session s JOIN belay_session_event e ON e.session_no = s.no"
          + " WHERE s.id = :id AND e.payload = 'cut' AND s.last_seq = e.seq AND s.revision = 2") {
    @Override
    Object prepare(Belay belay, String id) {
      return belay
          .sessions()
          .commit(SessionCommit.to(id).append(NewEvent.of("t", "first")))
          .orThrow();
    }

    @Override
    Object call(Belay belay, String id, Object given) {
      return belay.sessions().commit(SessionCommit.to(id, 1).append(NewEvent.of("t", "cut")));
    }

    @Override
    String claimed(Object outcome) {
      return Long.toString(((Committed) outcome).firstSeq());
    }
  },

  ENQUEUE("SELECT id FROM belay_work WHERE queue = :id") {
    @Override
    Object call(Belay belay, String id, Object given) {
      return belay.queue(id).enqueue(NewWork.of("p"));
    }

    @Override
    String claimed(Object outcome) {
      return Long.toString(((Enqueued.Added) outcome).id());
    }
  },

  ENQUEUE_WITH_KEY("SELECT id FROM belay_work WHERE queue = :id AND key = 'k'") {
    @Override
    Object call(Belay belay, String id, Object given) {
      return belay.queue(id).enqueue(NewWork.of("p").withKey("k"));
    }

    @Override
    String claimed(Object outcome) {
      return ENQUEUE.claimed(outcome);
    }
  },

  CLAIM("SELECT token FROM belay_work WHERE queue = :id AND state = 'CLAIMED' AND attempt = 1") {
    @Override
    Object prepare(Belay belay, String id) {
      return belay.queue(id).enqueue(NewWork.of("p"));
    }

    @Override
    Object call(Belay belay, String id, Object given) {
      return belay.queue(id).claim("w", TTL);
    }

    @Override
    String claimed(Object outcome) {
      Claim claim = (Claim) ((Optional<?>) outcome).orElseThrow();
      return Long.toString(claim.token());
    }
  },

  COMPLETE("SELECT state FROM belay_work WHERE queue = :id AND state = 'DONE'") {
    @Override
    Object prepare(Belay belay, String id) {
      Object enqueued = CLAIM.prepare(belay, id);
      return belay.queue(id).claim("w", TTL).orElseThrow(() -> missing(enqueued));
    }

    @Override
    Object call(Belay belay, String id, Object given) {
      return belay.queue(id).complete((Claim) given);
    }

    @Override
    String claimed(Object outcome) {
      return outcome == Settlement.SETTLED ? "DONE" : "lost";
    }
  },

  ACQUIRE("SELECT token FROM belay_lease WHERE name = :id AND holder = 'h'") {
    @Override
    Object call(Belay belay, String id, Object given) {
      return belay.leases().acquire(id, "h", TTL);
    }

    @Override
    String claimed(Object outcome) {
      return Long.toString(((Granted) outcome).lease().token());
    }
  },

  RELEASE("SELECT true FROM belay_lease WHERE name = :id AND holder = ''") {
    @Override
    Object prepare(Belay belay, String id) {
      return belay.leases().acquire(id, "h", TTL).granted().orElseThrow();
    }

    @Override
    Object call(Belay belay, String id, Object given) {
      return belay.leases().release((Lease) given);
    }

    @Override
    String claimed(Object outcome) {
      return (boolean) outcome ? "t" : "f";
    }
  };

  private static final Duration TTL = Duration.ofMinutes(30);

  private final String effect;

  CutCall(String effect) {
    this.effect = effect;
  }

  private static IllegalStateException missing(Object enqueued) {
    return new IllegalStateException(enqueued + " cannot be claimed");
  }

  /** Writes what the call needs, for its own {@code id}. Returns what it gets to work on. */
  Object prepare(Belay belay, String id) {
    return "nothing";
  }

  /** Calls, with what {@link #prepare} returned. Returns the outcome. */
  abstract Object call(Belay belay, String id, Object given);

  /** What the table must hold if {@code outcome} is right. Fails if the call was refused. */
  abstract String claimed(Object outcome);

  /** The query for what the table holds of the call with {@code :id}: a row for each effect. */
  String effect() {
    return effect;
  }
}

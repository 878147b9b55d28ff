package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.lease.Acquisition;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.time.Duration;
import java.time.Instant;

/** Fills a store with something of everything. Stateless, safe for use by many threads. */
final class SampleStore {
  /** Text that a terminal must not get as it is. */
  static final String NASTY = "a\u001b[31mb\u202ec\nd\"e\\f\u0085é\u4e2d\ud83d\ude00";

  private static final Duration TTL = Duration.ofHours(1);

  private SampleStore() {}

  static void fill(Belay belay) {
    branched(belay, "branched");
    Committed unused =
        belay
            .sessions()
            .commit(
                SessionCommit.to("nasty", 0).append(NewEvent.of(NASTY, NASTY).withId("e\u202e")))
            .orThrow();
    Acquisition unused2 = belay.leases().acquire("door", "holder\u0007", TTL);
    WorkQueue mail = belay.queue("mail");
    WorkQueue calls = belay.queue("calls");
    Enqueued unused3 =
        mail.enqueue(NewWork.of("later").notBefore(Instant.now().plus(Duration.ofDays(1))));
    for (int i = 0; i < 3; i++) {
      Enqueued unused4 = mail.enqueue(NewWork.of("letter " + i).withType("letter"));
    }
    Enqueued unused5 = mail.enqueue(NewWork.of("card").withType("card"));
    buried(mail, "letter 0");
    Enqueued unused6 = calls.enqueue(NewWork.of(NASTY).withType("call").withKey("k"));
    Claim claim = calls.claim("worker\u0007", TTL).orElseThrow();
    Enqueued unused7 = calls.enqueue(NewWork.of("done").withType("call"));
    Claim done = calls.claim("worker", TTL).orElseThrow();
    Settlement unused8 = calls.complete(done, "answered");
  }

  private static void buried(WorkQueue queue, String payload) {
    Claim claim = queue.claim("worker", TTL).orElseThrow();
    if (!claim.payload().equals(payload)) {
      throw new AssertionError(claim.payload());
    }
    Settlement unused = queue.bury(claim, "first line\nsecond\u001b[2J line");
  }

  /** A session with two branches, a state, and a leaf that is not its last event. */
  static void branched(Belay belay, String id) {
    Committed unused =
        belay
            .sessions()
            .commit(
                SessionCommit.to(id, 0)
                    .append(NewEvent.of("ask", "1").withId("first"), NewEvent.of("answer", "2"))
                    .state("state\nof it"))
            .orThrow();
    unused =
        belay
            .sessions()
            .commit(SessionCommit.to(id, 1).parent(1).append(NewEvent.of("answer", "3")))
            .orThrow();
    unused =
        belay
            .sessions()
            .commit(SessionCommit.to(id, 2).parent(0).append(NewEvent.of("ask", "4")))
            .orThrow();
    unused = belay.sessions().commit(SessionCommit.to(id, 3).parent(2)).orThrow();
  }
}

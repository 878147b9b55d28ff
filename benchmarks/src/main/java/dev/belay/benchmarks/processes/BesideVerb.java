package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A verb, and a crowd of which the next such verb has to do with all. The crowd is made with a
 * clock that is an hour behind: for everybody else, all of it falls due, or lapses, at once.
 */
enum BesideVerb {
  NOTHING("nothing beside", Crowd.NOTHING, (belay, size) -> {}),
  CLAIM("claim", Crowd.DUE_IN_A_LANE, BesideVerb::claimOfALane),
  ENQUEUE("enqueue", Crowd.DUE_IN_A_LANE, BesideVerb::enqueue),
  REQUEUE("requeue", Crowd.DUE_IN_A_LANE, BesideVerb::requeue),
  CLAIM_LANE("claimLane", Crowd.DUE_IN_A_LANE, BesideVerb::claimLane),
  CLAIM_MANY_DUE("claim 1,000", Crowd.DUE, (belay, size) -> claimAll(belay)),
  CLAIM_LAPSED("claim 1,000", Crowd.LAPSED, (belay, size) -> claim(belay, WorkQueue.CLAIMS_MAX)),
  CLAIM_EXHAUSTED("claim 1,000", Crowd.EXHAUSTED, (belay, size) -> claimAll(belay)),
  CLAIM_LAPSED_GRANTS(
      "claim 1,000", Crowd.LAPSED_GRANTS, (belay, size) -> claim(belay, WorkQueue.CLAIMS_MAX)),
  CLAIM_LARGE("claim 100", Crowd.LARGE, (belay, size) -> claim(belay, 100)),
  PURGE_LARGE("purge", Crowd.LARGE_FINISHED, BesideVerb::purge),
  PURGE("purge", Crowd.FINISHED, BesideVerb::purge),
  DELETE("delete a session", Crowd.EVENTS, BesideVerb::delete);

  private interface Verb {
    void run(Belay belay, int size);
  }

  private static final String LANE = "lane";
  private static final String SESSION = "session";
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final int ENQUEUED_AT_ONCE = 10_000;
  private static final int LARGE_BYTES = 4 << 20;

  /** One large payload stands for so many small ones. */
  private static final int ROWS_PER_LARGE = 500;

  private final String verb;
  private final Crowd crowd;
  private final Verb run;

  BesideVerb(String verb, Crowd crowd, Verb run) {
    this.verb = verb;
    this.crowd = crowd;
    this.run = run;
  }

  String verb() {
    return verb;
  }

  Crowd crowd() {
    return crowd;
  }

  void run(Belay belay, int size) {
    run.run(belay, size);
  }

  static WorkQueue queue(Belay belay) {
    return belay.queue("jobs");
  }

  private static void claimOfALane(Belay belay, int size) {
    queue(belay).claim("head", TTL).orElseThrow();
    queue(belay).claim("next", TTL); // of the lane, whose head is claimed: all of it joins
  }

  private static void enqueue(Belay belay, int size) {
    for (int i = 0; i < 100; i++) {
      queue(belay).enqueue(NewWork.of("p").withLane(LANE));
    }
  }

  private static void requeue(Belay belay, int size) {
    var cancelled = queue(belay).list(WorkState.CANCELLED, 0, 1);
    queue(belay).requeue(cancelled.get(0).id());
  }

  private static void claimLane(Belay belay, int size) {
    queue(belay).claimLane(LANE, "w", TTL, WorkQueue.LANE_GRANT_MAX);
  }

  private static List<Claim> claim(Belay belay, int max) {
    return queue(belay).claim("w", TTL, max);
  }

  private static void claimAll(Belay belay) {
    List<Claim> claims;
    do {
      claims = claim(belay, WorkQueue.CLAIMS_MAX);
    } while (!claims.isEmpty());
  }

  private static void purge(Belay belay, int size) {
    queue(belay).purge(Instant.now(), size);
  }

  private static void delete(Belay belay, int size) {
    belay.sessions().delete(SESSION);
    while (hasEvents(belay)) { // which are deleted later, piece by piece
      Pause.ofNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static boolean hasEvents(Belay belay) {
    return belay.read(
        tx ->
            tx.handle()
                .createQuery("SELECT EXISTS (SELECT 1 FROM belay_session_event)")
                .mapTo(boolean.class)
                .one());
  }

  /** What a verb finds. */
  enum Crowd {
    NOTHING("", (belay, size, now) -> {}),
    DUE_IN_A_LANE("due at once in one lane", Crowd::dueInALane),
    DUE(
        "due at once",
        (belay, size, now) -> enqueue(belay, size, NewWork.of("p").notBefore(now.plus(TTL)))),
    LAPSED("lapsed at once", (belay, size, now) -> lapsed(belay, size, NewWork.of("p"))),
    EXHAUSTED(
        "lapsed for the last time at once",
        (belay, size, now) -> lapsed(belay, size, NewWork.of("p").withAttemptsMax(1))),
    LAPSED_GRANTS("lapsed at once in lanes of 100", Crowd::lapsedGrants),
    LARGE("of 4 MiB each, a 500th as many", Crowd::large),
    LARGE_FINISHED(
        "finished, of 4 MiB each, a 500th as many",
        (belay, size, now) -> {
          large(belay, size, now);
          complete(belay, 1);
        }),
    FINISHED(
        "finished",
        (belay, size, now) -> {
          enqueue(belay, size, NewWork.of("p"));
          complete(belay, WorkQueue.CLAIMS_MAX);
        }),
    EVENTS("events of one session", Crowd::events);

    private interface Fill {
      void run(Belay belay, int size, Instant now);
    }

    private final String title;
    private final Fill fill;

    Crowd(String title, Fill fill) {
      this.title = title;
      this.fill = fill;
    }

    String title() {
      return title;
    }

    void fill(Path file, int size) {
      Instant now = Instant.now().minus(Duration.ofHours(1));
      try (Belay belay = Belay.open(file, BelayOptions.defaults().withClock(() -> now))) {
        fill.run(belay, size, now);
      }
    }

    private static void dueInALane(Belay belay, int size, Instant now) {
      queue(belay).cancel(queue(belay).enqueue(NewWork.of("cancelled").withLane(LANE)).workId());
      enqueue(belay, size, NewWork.of("p").withLane(LANE).notBefore(now.plus(TTL)));
    }

    private static void lapsed(Belay belay, int size, NewWork work) {
      enqueue(belay, size, work);
      claimAll(belay);
    }

    private static void lapsedGrants(Belay belay, int size, Instant now) {
      int grant = WorkQueue.LANE_GRANT_MAX;
      for (int i = 0; i < size; i += grant) {
        String lane = LANE + i;
        enqueue(belay, grant, NewWork.of("p").withLane(lane));
        queue(belay).claimLane(lane, "w", TTL, grant);
      }
    }

    private static void large(Belay belay, int size, Instant now) {
      NewWork large = NewWork.of("x".repeat(LARGE_BYTES));
      for (int i = 0; i < size; i += ROWS_PER_LARGE) {
        queue(belay).enqueue(large);
      }
    }

    private static void events(Belay belay, int size, Instant now) {
      List<NewEvent> events = Collections.nCopies(size, NewEvent.of("message", "p"));
      belay.sessions().commit(SessionCommit.to(SESSION, 0).append(events)).orThrow();
    }

    private static void enqueue(Belay belay, int size, NewWork work) {
      List<NewWork> left = new ArrayList<>(Collections.nCopies(size, work));
      while (!left.isEmpty()) {
        List<NewWork> next = left.subList(0, Math.min(ENQUEUED_AT_ONCE, left.size()));
        queue(belay).enqueueAll(next);
        next.clear();
      }
    }

    private static void complete(Belay belay, int max) {
      WorkQueue queue = queue(belay);
      List<Claim> claims;
      do {
        List<Claim> batch = queue.claim("w", TTL, max);
        queue.tx().useWrite(tx -> batch.forEach(claim -> queue.complete(tx, claim)));
        claims = batch;
      } while (!claims.isEmpty());
    }
  }
}

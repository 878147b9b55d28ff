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
  NOTHING("nothing beside", Crowd.NOTHING) {
    @Override
    void run(Belay belay, int size) {}
  },
  CLAIM("claim", Crowd.DUE_IN_A_LANE) {
    @Override
    void run(Belay belay, int size) {
      queue(belay).claim("head", TTL).orElseThrow();
      queue(belay).claim("next", TTL); // of the lane, whose head is claimed: all of it joins
    }
  },
  ENQUEUE("enqueue", Crowd.DUE_IN_A_LANE) {
    @Override
    void run(Belay belay, int size) {
      for (int i = 0; i < 100; i++) {
        queue(belay).enqueue(NewWork.of("p").withLane(LANE));
      }
    }
  },
  REQUEUE("requeue", Crowd.DUE_IN_A_LANE) {
    @Override
    void run(Belay belay, int size) {
      var cancelled = queue(belay).list(WorkState.CANCELLED, 0, 1);
      queue(belay).requeue(cancelled.get(0).id());
    }
  },
  CLAIM_LANE("claimLane", Crowd.DUE_IN_A_LANE) {
    @Override
    void run(Belay belay, int size) {
      queue(belay).claimLane(LANE, "w", TTL, WorkQueue.LANE_GRANT_MAX);
    }
  },
  CLAIM_MANY_DUE("claim 1,000", Crowd.DUE) {
    @Override
    void run(Belay belay, int size) {
      claimAll(belay);
    }
  },
  CLAIM_LAPSED("claim 1,000", Crowd.LAPSED) {
    @Override
    void run(Belay belay, int size) {
      queue(belay).claim("w", TTL, WorkQueue.CLAIMS_MAX);
    }
  },
  CLAIM_EXHAUSTED("claim 1,000", Crowd.EXHAUSTED) {
    @Override
    void run(Belay belay, int size) {
      claimAll(belay);
    }
  },
  CLAIM_LAPSED_GRANTS("claim 1,000", Crowd.LAPSED_GRANTS) {
    @Override
    void run(Belay belay, int size) {
      queue(belay).claim("w", TTL, WorkQueue.CLAIMS_MAX);
    }
  },
  CLAIM_LARGE("claim 100", Crowd.LARGE) {
    @Override
    void run(Belay belay, int size) {
      queue(belay).claim("w", TTL, 100);
    }
  },
  PURGE_LARGE("purge", Crowd.LARGE_FINISHED) {
    @Override
    void run(Belay belay, int size) {
      queue(belay).purge(Instant.now(), size);
    }
  },
  PURGE("purge", Crowd.FINISHED) {
    @Override
    void run(Belay belay, int size) {
      queue(belay).purge(Instant.now(), size);
    }
  },
  DELETE("delete a session", Crowd.EVENTS) {
    @Override
    void run(Belay belay, int size) {
      belay.sessions().delete(SESSION);
      while (hasEvents(belay)) { // which are deleted later, piece by piece
        Pause.ofNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  };

  private static final String LANE = "lane";
  private static final String SESSION = "session";
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final int ENQUEUED_AT_ONCE = 10_000;
  private static final int LARGE_BYTES = 4 << 20;

  /** One large payload stands for so many small ones. */
  private static final int ROWS_PER_LARGE = 500;

  private final String verb;
  private final Crowd crowd;

  BesideVerb(String verb, Crowd crowd) {
    this.verb = verb;
    this.crowd = crowd;
  }

  String verb() {
    return verb;
  }

  Crowd crowd() {
    return crowd;
  }

  abstract void run(Belay belay, int size) throws Exception;

  static WorkQueue queue(Belay belay) {
    return belay.queue("jobs");
  }

  private static boolean hasEvents(Belay belay) {
    return belay.read(
        tx ->
            tx.handle()
                .createQuery("SELECT EXISTS (SELECT 1 FROM belay_session_event)")
                .mapTo(boolean.class)
                .one());
  }

  private static void claimAll(Belay belay) {
    List<Claim> claims;
    do {
      claims = queue(belay).claim("w", TTL, WorkQueue.CLAIMS_MAX);
    } while (!claims.isEmpty());
  }

  /** What a verb finds. */
  enum Crowd {
    NOTHING("") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {}
    },
    DUE_IN_A_LANE("due at once in one lane") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {
        queue.cancel(queue.enqueue(NewWork.of("cancelled").withLane(LANE)).workId());
        enqueue(queue, size, NewWork.of("p").withLane(LANE).notBefore(now.plus(TTL)));
      }
    },
    DUE("due at once") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {
        enqueue(queue, size, NewWork.of("p").notBefore(now.plus(TTL)));
      }
    },
    LAPSED("lapsed at once") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {
        enqueue(queue, size, NewWork.of("p"));
        claimAll(belay);
      }
    },
    EXHAUSTED("lapsed for the last time at once") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {
        enqueue(queue, size, NewWork.of("p").withAttemptsMax(1));
        claimAll(belay);
      }
    },
    LAPSED_GRANTS("lapsed at once in lanes of 100") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {
        int grant = WorkQueue.LANE_GRANT_MAX;
        for (int i = 0; i < size; i += grant) {
          String lane = LANE + i;
          enqueue(queue, grant, NewWork.of("p").withLane(lane));
          queue.claimLane(lane, "w", TTL, grant);
        }
      }
    },
    LARGE("of 4 MiB each, a 500th as many") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {
        NewWork large = NewWork.of("x".repeat(LARGE_BYTES));
        for (int i = 0; i < size; i += ROWS_PER_LARGE) {
          queue.enqueue(large);
        }
      }
    },
    LARGE_FINISHED("finished, of 4 MiB each, a 500th as many") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {
        LARGE.fill(queue, belay, size, now);
        complete(queue, 1);
      }
    },
    FINISHED("finished") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {
        enqueue(queue, size, NewWork.of("p"));
        complete(queue, WorkQueue.CLAIMS_MAX);
      }
    },
    EVENTS("events of one session") {
      @Override
      void fill(WorkQueue queue, Belay belay, int size, Instant now) {
        List<NewEvent> events = Collections.nCopies(size, NewEvent.of("message", "p"));
        belay.sessions().commit(SessionCommit.to(SESSION, 0).append(events)).orThrow();
      }
    };

    private final String title;

    Crowd(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }

    void fill(Path file, int size) {
      Instant now = Instant.now().minus(Duration.ofHours(1));
      try (Belay belay = Belay.open(file, BelayOptions.defaults().withClock(() -> now))) {
        fill(queue(belay), belay, size, now);
      }
    }

    abstract void fill(WorkQueue queue, Belay belay, int size, Instant now);

    private static void enqueue(WorkQueue queue, int size, NewWork work) {
      List<NewWork> left = new ArrayList<>(Collections.nCopies(size, work));
      while (!left.isEmpty()) {
        List<NewWork> next = left.subList(0, Math.min(ENQUEUED_AT_ONCE, left.size()));
        queue.enqueueAll(next);
        next.clear();
      }
    }

    private static void complete(WorkQueue queue, int max) {
      List<Claim> claims;
      do {
        List<Claim> batch = queue.claim("w", TTL, max);
        queue.tx().useWrite(tx -> batch.forEach(claim -> queue.complete(tx, claim)));
        claims = batch;
      } while (!claims.isEmpty());
    }
  }
}

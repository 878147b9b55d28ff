package dev.belay.store;

import dev.belay.Belay;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every writing verb of Belay's own, with and without a {@code Tx}, on a store in which each finds
 * something to do. Immutable once prepared.
 */
public final class OwnVerbs {
  /** One verb: in the body of {@code tx}, or on its own if that is null. */
  public interface Verb {
    /** Runs it. */
    Object run(Belay belay, @Nullable Tx tx);
  }

  private static final Duration TTL = Duration.ofDays(1);
  private static final String QUEUE = "q";

  private final Map<String, Verb> verbs = new LinkedHashMap<>();
  private final Claim claim;
  private final Claim second;
  private final List<Claim> lane;
  private final Lease lease;
  private final long buried;
  private final long ready;

  private OwnVerbs(Belay belay) {
    WorkQueue queue = queue(belay);
    queue.enqueueAll(List.of(NewWork.of("a"), NewWork.of("b"), NewWork.of("c"), NewWork.of("d")));
    claim = queue.claim("w", TTL).orElseThrow();
    second = queue.claim("w", TTL).orElseThrow();
    Claim bad = queue.claim("w", TTL).orElseThrow();
    queue.bury(bad, "no");
    buried = bad.workId();
    ready = queue.enqueue(NewWork.of("ready").withKey("ready")).workId();
    for (int i = 0; i < 4; i++) {
      queue.enqueue(NewWork.of("lane " + i).withLane("l"));
      queue.enqueue(NewWork.of("other " + i).withLane("m"));
    }
    lane = queue.claimLane("l", "w", TTL, 2);
    Instant soon = belay.tx().<Instant, RuntimeException>write(Tx::now).plusMillis(3);
    queue.enqueue(NewWork.of("due").notBefore(soon));
    queue.enqueue(NewWork.of("due in a lane").withLane("m").notBefore(soon));
    lease = ((Granted) belay.leases().acquire("held", "me", TTL)).lease();
    belay.leases().acquire("lapsed", "other", Duration.ofMillis(1));
    belay.sessions().commit(commit("s", 0).operation("first")).orThrow();
    clear(belay);
    addSessionsAndLeases();
    addQueue();
  }

  /** A session that was cleared and whose rows nobody frees yet, so that they are in the way. */
  private static void clear(Belay belay) {
    SessionCommit commit =
        SessionCommit.to("cleared", 0)
            .operation("once")
            .append(NewEvent.of("t", "x").withId("e"))
            .state("state");
    belay.sessions().commit(commit).orThrow();
    belay.useWrite(
        tx -> {
          belay.sessions().clear(tx, "cleared");
          tx.handle().execute("UPDATE belay_session_unfreed SET due_ms = ?", Long.MAX_VALUE - 1);
        });
  }

  /** Prepares the store. */
  public static OwnVerbs prepare(Belay belay) {
    return new OwnVerbs(belay);
  }

  /** The verbs by their names. */
  public Map<String, Verb> all() {
    return verbs;
  }

  private static WorkQueue queue(Belay belay) {
    return belay.queue(QUEUE, QueueOptions.defaults().withRetry(attempt -> Duration.ofSeconds(1)));
  }

  private static SessionCommit commit(String session, long revision) {
    return SessionCommit.to(session, revision)
        .append(NewEvent.of("t", "x"), NewEvent.of("t", "y"))
        .state("state");
  }

  private void addSessionsAndLeases() {
    SessionCommit turn =
        commit("s", 1)
            .operation("second")
            .complete(claim, "result")
            .complete(second)
            .enqueue(QUEUE, NewWork.of("next"), NewWork.of("next in a lane").withLane("m"))
            .releasing(lease);
    add(
        "commit a turn",
        (b, tx) -> tx == null ? b.sessions().commit(turn) : b.sessions().commit(tx, turn));
    SessionCommit first = commit("new", 0);
    add(
        "commit a new one",
        (b, tx) -> tx == null ? b.sessions().commit(first) : b.sessions().commit(tx, first));
    add("delete", (b, tx) -> tx == null ? b.sessions().delete("s") : b.sessions().delete(tx, "s"));
    SessionCommit toHead =
        SessionCommit.to("s").operation("to the head").append(NewEvent.of("t", "z"));
    add(
        "commit to the head",
        (b, tx) -> tx == null ? b.sessions().commit(toHead) : b.sessions().commit(tx, toHead));
    SessionCommit again =
        SessionCommit.to("cleared", 0)
            .operation("once")
            .append(NewEvent.of("t", "again").withId("e"))
            .state("again");
    add(
        "commit to a cleared one",
        (b, tx) -> tx == null ? b.sessions().commit(again) : b.sessions().commit(tx, again));
    add("clear", (b, tx) -> tx == null ? b.sessions().clear("s") : b.sessions().clear(tx, "s"));
    // not free(): it passes over a row that is refused
    add(
        "forgetOperations",
        (b, tx) ->
            tx == null
                ? b.sessions().forgetOperations("s", Instant.MAX)
                : b.sessions().forgetOperations(tx, "s", Instant.MAX));
    for (String name : List.of("new", "lapsed")) {
      add(
          "acquire " + name,
          (b, tx) ->
              tx == null
                  ? b.leases().acquire(name, "me", TTL)
                  : b.leases().acquire(tx, name, "me", TTL));
    }
    add(
        "renew lease",
        (b, tx) -> tx == null ? b.leases().renew(lease, TTL) : b.leases().renew(tx, lease, TTL));
    add(
        "release lease",
        (b, tx) -> tx == null ? b.leases().release(lease) : b.leases().release(tx, lease));
  }

  private void addQueue() {
    Instant later = Instant.parse("2030-01-01T00:00:00Z");
    NewWork inLane = NewWork.of("p").withLane("m");
    List<NewWork> several =
        List.of(NewWork.of("p"), inLane, NewWork.of("q").notBefore(later), NewWork.of("r"));
    Claim head = lane.get(0);
    onQueue(
        "enqueue",
        (q, tx) -> tx == null ? q.enqueue(several.get(0)) : q.enqueue(tx, several.get(0)));
    onQueue("enqueue in a lane", (q, tx) -> tx == null ? q.enqueue(inLane) : q.enqueue(tx, inLane));
    onQueue(
        "enqueueAll", (q, tx) -> tx == null ? q.enqueueAll(several) : q.enqueueAll(tx, several));
    onQueue("claim", (q, tx) -> tx == null ? q.claim("w", TTL) : q.claim(tx, "w", TTL));
    onQueue("claim many", (q, tx) -> tx == null ? q.claim("w", TTL, 5) : q.claim(tx, "w", TTL, 5));
    onQueue(
        "claimLane",
        (q, tx) -> tx == null ? q.claimLane("m", "w", TTL, 3) : q.claimLane(tx, "m", "w", TTL, 3));
    onQueue("claimMore", (q, tx) -> tx == null ? q.claimMore(head, 2) : q.claimMore(tx, head, 2));
    onQueue("renew", (q, tx) -> tx == null ? q.renew(claim, TTL) : q.renew(tx, claim, TTL));
    onQueue("renew a lane", (q, tx) -> tx == null ? q.renew(head, TTL) : q.renew(tx, head, TTL));
    onQueue("complete", (q, tx) -> tx == null ? q.complete(claim) : q.complete(tx, claim));
    onQueue(
        "complete with a result",
        (q, tx) -> tx == null ? q.complete(claim, "r") : q.complete(tx, claim, "r"));
    for (boolean inALane : List.of(false, true)) {
      Claim each = inALane ? head : claim;
      String which = inALane ? " the head of a lane" : "";
      onQueue(
          "complete" + which + "!",
          (q, tx) -> tx == null ? q.complete(each, "r") : q.complete(tx, each, "r"));
      onQueue("fail" + which, (q, tx) -> tx == null ? q.fail(each, "e") : q.fail(tx, each, "e"));
      onQueue(
          "defer" + which, (q, tx) -> tx == null ? q.defer(each, later) : q.defer(tx, each, later));
      onQueue("release" + which, (q, tx) -> tx == null ? q.release(each) : q.release(tx, each));
      onQueue("bury" + which, (q, tx) -> tx == null ? q.bury(each, "r") : q.bury(tx, each, "r"));
      onQueue(
          "cancel claimed" + which,
          (q, tx) -> tx == null ? q.cancel(each.workId()) : q.cancel(tx, each.workId()));
    }
    onQueue("cancel", (q, tx) -> tx == null ? q.cancel(ready) : q.cancel(tx, ready));
    onQueue("requeue", (q, tx) -> tx == null ? q.requeue(buried) : q.requeue(tx, buried));
    onQueue("purge", (q, tx) -> tx == null ? q.purge(later, 9) : q.purge(tx, later, 9));
  }

  private interface QueueVerb {
    Object run(WorkQueue queue, @Nullable Tx tx);
  }

  private void onQueue(String name, QueueVerb verb) {
    add(name, (belay, tx) -> verb.run(queue(belay), tx));
  }

  private void add(String name, Verb verb) {
    verbs.put(name, verb);
  }
}

package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The main sentences of the contract, through two handles of one store, for servers on which the
 * whole kit does not run in every build. Stateless, safe for use by many threads.
 */
final class CoreSentences {
  private static final Duration TTL = Duration.ofMinutes(5);

  private CoreSentences() {}

  static void check(Belay one, Belay two) throws Exception {
    sessions(one, two);
    leases(one, two);
    queues(one, two);
    turns(one, two);
    bodies(one);
    atOnce(one, two);
    worker(one, two);
  }

  private static void sessions(Belay one, Belay two) {
    SessionCommit commit =
        SessionCommit.to("s", 0)
            .operation("o")
            .append(NewEvent.of("t", "p1"), NewEvent.of("t", "p2"));
    assertThat(one.sessions().commit(commit).orThrow().revision()).isEqualTo(1);
    assertThat(two.sessions().commit(commit).orThrow().revision()).isEqualTo(1);
    assertThatThrownBy(
            () ->
                two.sessions()
                    .commit(SessionCommit.to("s", 0).append(NewEvent.of("t", "late")))
                    .orThrow())
        .isNotNull();
    assertThat(two.sessions().history("s"))
        .extracting(e -> e.payload())
        .containsExactly("p1", "p2");
  }

  private static void leases(Belay one, Belay two) {
    Lease lease = one.leases().acquire("l", "one", TTL).granted().orElseThrow();
    assertThat(two.leases().acquire("l", "two", TTL).granted()).isEmpty();
    assertThat(one.leases().renew(lease, TTL).renewed()).isPresent();
    assertThat(one.leases().release(lease)).isTrue();
    Lease next = two.leases().acquire("l", "two", TTL).granted().orElseThrow();
    assertThat(next.token()).isGreaterThan(lease.token());
    assertThat(one.leases().release(lease)).isFalse();
  }

  private static void queues(Belay one, Belay two) {
    WorkQueue queue = one.queue("q");
    queue.enqueueAll(
        List.of(
            NewWork.of("a").withLane("lane"),
            NewWork.of("b").withLane("lane"),
            NewWork.of("c").withKey("k")));
    queue.enqueue(NewWork.of("again").withKey("k"));
    List<Claim> claims = two.queue("q").claim("w", TTL, 10);
    assertThat(claims).extracting(Claim::payload).containsExactlyInAnyOrder("a", "c");
    claims.forEach(claim -> one.queue("q").complete(claim).orThrow());
    assertThat(two.queue("q").complete(claims.get(0))).isEqualTo(Settlement.CLAIM_LOST);
    Claim last = one.queue("q").claim("w", TTL).orElseThrow();
    assertThat(last.payload()).isEqualTo("b");
    queue.complete(last).orThrow();
  }

  private static void turns(Belay one, Belay two) {
    one.queue("turn").enqueue(NewWork.of("p"));
    Claim claim = two.queue("turn").claim("w", TTL).orElseThrow();
    one.sessions()
        .commit(
            SessionCommit.to("turn")
                .append(NewEvent.of("t", "done"))
                .complete(claim)
                .enqueue("turn", NewWork.of("next")))
        .orThrow();
    assertThat(two.queue("turn").claim("w", TTL).orElseThrow().payload()).isEqualTo("next");
  }

  private static void bodies(Belay belay) {
    belay.useWrite(
        tx -> {
          tx.handle().execute("CREATE TABLE note (text TEXT)");
          tx.handle().execute("SET LOCAL work_mem = '1MB'");
          tx.handle().execute("INSERT INTO note VALUES ('a')");
        });
    assertThatThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      tx.handle().execute("INSERT INTO note VALUES ('b')");
                      throw new IllegalStateException("no");
                    }))
        .isInstanceOf(IllegalStateException.class);
    List<String> texts =
        belay.read(
            tx -> tx.handle().createQuery("SELECT text FROM note").mapTo(String.class).list());
    assertThat(texts).containsExactly("a");
  }

  /** Sixteen threads increment one session: each revision is there once. */
  private static void atOnce(Belay one, Belay two) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    List<Future<Long>> revisions = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      Belay belay = i % 2 == 0 ? one : two;
      revisions.add(
          threads.submit(
              () ->
                  belay
                      .sessions()
                      .commit(SessionCommit.to("many").append(NewEvent.of("t", "p")))
                      .orThrow()
                      .revision()));
    }
    Set<Long> all = ConcurrentHashMap.newKeySet();
    for (Future<Long> revision : revisions) {
      assertThat(all.add(Patience.get(revision))).isTrue();
    }
    threads.shutdown();
    assertThat(one.sessions().find("many").orElseThrow().revision()).isEqualTo(64);
  }

  private static void worker(Belay one, Belay two) throws Exception {
    Set<String> handled = ConcurrentHashMap.newKeySet();
    WorkQueue queue = one.queue("work");
    Worker worker =
        queue.worker((claim, context) -> handled.add(claim.payload())).threads(4).start();
    for (int i = 0; i < 50; i++) {
      two.queue("work").enqueue(NewWork.of("p" + i).withLane("lane" + i % 3));
    }
    Patience.until("all is handled", () -> handled.size() == 50);
    worker.close();
  }
}

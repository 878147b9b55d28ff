package dev.belay.kit.store;

import static java.lang.Thread.State.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.ClaimEvent;
import dev.belay.store.BelayObserver.CommitEvent;
import dev.belay.store.BelayObserver.LeaseEvent;
import dev.belay.store.BelayObserver.SettlementEvent;
import dev.belay.store.BelayObserver.TxEvent;
import dev.belay.store.BelayObserver.TxEvent.Kind;
import dev.belay.store.BelayObserver.TxEvent.Outcome;
import dev.belay.store.TxOutcome;
import dev.belay.store.TxRunner;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Notes;
import dev.belay.testing.NotingObserver;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: an observer is told everything once, after it is so, where it costs nobody but the caller,
 * and nothing that it does changes anything. Method: an observer that notes what it is told, and on
 * which thread, beside every kind of verb and outcome.
 */
@OnEachForm
class ObserverTest {
  private static final Duration TTL = Duration.ofSeconds(60);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();
  private final NotingObserver noting = new NotingObserver();

  private Belay open(BelayObserver observer) {
    return store.fresh(options -> options.withObserver(observer));
  }

  @Test
  void each_verb_is_told_with_its_kind_and_outcome_on_the_thread_of_its_caller() {
    try (Belay belay = open(noting)) {
      noting.told();
      TxRunner tx = belay.tx();
      tx.useRead(in -> in.handle().execute("SELECT 1"));
      tx.useWrite(in -> in.handle().execute("CREATE TABLE t (x INTEGER)"));
      String no = tx.writeFlow(in -> TxOutcome.rollback("no"));
      assertThat(no).isEqualTo("no");
      IllegalArgumentException thrown = new IllegalArgumentException("x");
      assertThatThrownBy(
              () ->
                  tx.useWrite(
                      in -> {
                        throw thrown;
                      }))
          .isSameAs(thrown);
      tx.<Integer, RuntimeException>call(in -> 1);
      belay.queue("q").enqueue(NewWork.of("p"));
      assertThat(belay.queue("q").stats().ready()).isEqualTo(1);

      List<TxEvent> told = noting.told();
      assertThat(told)
          .extracting(TxEvent::kind)
          .containsExactly(
              Kind.READ, Kind.WRITE, Kind.WRITE, Kind.WRITE, Kind.CALL, Kind.VERB, Kind.READ);
      assertThat(told)
          .extracting(TxEvent::outcome)
          .containsExactly(
              Outcome.COMPLETED,
              Outcome.COMPLETED,
              Outcome.ROLLED_BACK,
              Outcome.FAILED,
              Outcome.COMPLETED,
              Outcome.COMPLETED,
              Outcome.COMPLETED);
      assertThat(told.get(3).failure()).isSameAs(thrown);
      assertThat(told)
          .allSatisfy(
              event -> {
                assertThat(event.bodies()).isEqualTo(1);
                assertThat(event.runs()).isEqualTo(1);
                assertThat(event.lockWait()).isZero();
                assertThat(event.took()).isGreaterThanOrEqualTo(event.waited());
              });
      assertThat(noting.threads).containsOnly(Thread.currentThread());
    }
  }

  @Test
  void a_body_that_another_thread_runs_is_told_on_its_callers_thread() throws Exception {
    try (Belay belay = open(noting)) {
      store.createNotes(belay);
      CompletableFuture<Thread> ran = new CompletableFuture<>();
      Thread caller;
      try (Standstill standstill = store.standstill(belay)) {
        caller =
            new Thread(
                () ->
                    belay.useWrite(
                        in -> {
                          Notes.add(in, "a");
                          ran.complete(Thread.currentThread());
                        }));
        caller.start();
        Patience.until("the caller stands in line", () -> caller.getState() == WAITING);
        standstill.end();
      }
      assertThat(Patience.get(ran)).isNotSameAs(caller);
      Patience.join(caller);
      assertThat(noting.threads).containsOnlyOnce(caller);
    }
  }

  @Test
  void leases_claims_settlements_and_commits_are_told_with_their_outcome() {
    try (Belay belay = open(noting)) {
      Lease lease = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
      assertThat(belay.leases().acquire("l", "other", TTL).granted()).isEmpty();
      assertThat(belay.leases().renew(lease, TTL).renewed()).isPresent();
      Patience.until("the renewal is told", () -> noting.events.size() == 3);
      assertThat(belay.leases().release(lease)).isTrue();
      assertThat(belay.leases().release(lease)).isFalse();
      assertThat(noting.toldEvents())
          .extracting(event -> ((LeaseEvent) event).outcome())
          .containsExactly(
              LeaseEvent.Outcome.GRANTED,
              LeaseEvent.Outcome.HELD,
              LeaseEvent.Outcome.RENEWED,
              LeaseEvent.Outcome.RELEASED,
              LeaseEvent.Outcome.LOST);

      WorkQueue queue = belay.queue("q");
      for (int i = 0; i < 5; i++) {
        queue.enqueue(NewWork.of("p"));
      }
      List<Claim> claims = queue.claim("w", TTL, 5);
      assertThat(noting.toldEvents())
          .hasSize(5)
          .allSatisfy(
              event ->
                  assertThat(((ClaimEvent) event).outcome()).isEqualTo(ClaimEvent.Outcome.GRANTED));
      queue.complete(claims.get(0));
      queue.complete(claims.get(0));
      queue.fail(claims.get(1), "e");
      queue.defer(claims.get(2), store.clock.instant().plus(TTL));
      queue.release(claims.get(3));
      queue.bury(claims.get(4), "r");
      assertThat(noting.toldEvents())
          .extracting(event -> ((SettlementEvent) event).outcome())
          .containsExactly(
              SettlementEvent.Outcome.COMPLETED,
              SettlementEvent.Outcome.CLAIM_LOST,
              SettlementEvent.Outcome.FAILED,
              SettlementEvent.Outcome.DEFERRED,
              SettlementEvent.Outcome.RELEASED,
              SettlementEvent.Outcome.BURIED);

      for (int i = 0; i < 3; i++) {
        queue.enqueue(NewWork.of("p").withLane("lane"));
      }
      List<Claim> grant = queue.claimLane("lane", "w", TTL, 3);
      noting.toldEvents();
      var unused = queue.cancel(grant.get(2).workId());
      queue.fail(grant.get(0), "e");
      assertThat(noting.toldEvents())
          .extracting(event -> (SettlementEvent) event)
          .extracting(SettlementEvent::workId, SettlementEvent::outcome)
          .containsExactly(
              tuple(grant.get(1).workId(), SettlementEvent.Outcome.RELEASED),
              tuple(grant.get(2).workId(), SettlementEvent.Outcome.CANCELLED),
              tuple(grant.get(0).workId(), SettlementEvent.Outcome.FAILED));

      belay
          .sessions()
          .commit(SessionCommit.to("s", 0).operation("o").append(NewEvent.of("t", "p")));
      belay
          .sessions()
          .commit(SessionCommit.to("s", 0).operation("o").append(NewEvent.of("t", "p")));
      belay.sessions().commit(SessionCommit.to("s", 7));
      assertThat(noting.toldEvents())
          .containsExactly(
              new CommitEvent("s", CommitEvent.Outcome.COMMITTED, 1, 1),
              new CommitEvent("s", CommitEvent.Outcome.REPLAYED, 1, 0),
              new CommitEvent("s", CommitEvent.Outcome.REVISION_CONFLICT, 0, 0));
    }
  }

  @Test
  void what_a_body_did_is_told_if_it_is_committed_and_what_it_was_refused_in_any_case() {
    try (Belay belay = open(noting)) {
      belay.leases().acquire("held", "h", TTL);
      noting.toldEvents();
      assertThatThrownBy(
              () ->
                  belay.useWrite(
                      in -> {
                        belay.leases().acquire(in, "free", "h", TTL);
                        belay.leases().acquire(in, "held", "h", TTL);
                        throw new IllegalStateException("undone");
                      }))
          .isInstanceOf(IllegalStateException.class);
      assertThat(noting.toldEvents())
          .containsExactly(new LeaseEvent("held", "h", 0, LeaseEvent.Outcome.HELD));
      belay.useWrite(in -> belay.leases().acquire(in, "free", "h", TTL));
      assertThat(noting.toldEvents()).hasSize(1);
    }
  }

  @Test
  void a_takeover_names_the_grant_that_it_displaced_and_a_lease_after_a_release_names_none() {
    try (Belay belay = open(noting)) {
      Lease first = belay.leases().acquire("l", "a", TTL).granted().orElseThrow();
      store.clock.advance(TTL);
      Lease second = belay.leases().acquire("l", "b", TTL).granted().orElseThrow();
      belay.leases().release(second);
      belay.leases().acquire("l", "c", TTL);

      assertThat(noting.toldEvents())
          .filteredOn(
              event ->
                  event instanceof LeaseEvent lease
                      && lease.outcome() == LeaseEvent.Outcome.GRANTED)
          .extracting(event -> ((LeaseEvent) event).displaced())
          .containsExactly(
              null, new LeaseEvent.Displaced("a", first.token(), first.expiresAt()), null);
    }
  }

  @Test
  void an_observer_that_throws_changes_nothing_whatever_it_throws() {
    for (Throwable thrown : List.of(new IllegalStateException("x"), new StackOverflowError())) {
      BelayObserver throwing =
          new BelayObserver() {
            @Override
            public void transaction(TxEvent event) {
              sneaky(thrown);
            }

            @Override
            public void lease(LeaseEvent event) {
              sneaky(thrown);
            }
          };
      try (LogProbe log = LogProbe.recording();
          Belay belay = open(throwing)) {
        assertThat(belay.leases().acquire("l", "h", TTL).granted()).isPresent();
        assertThat(belay.tx().writeAsync(in -> 7).join()).isEqualTo(7);
        assertThat(log.errors()).hasSize(3).containsOnly(thrown);
      }
    }
  }

  @Test
  void an_observer_that_stands_still_keeps_only_its_own_caller_waiting() throws Exception {
    CountDownLatch standing = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    BelayObserver still =
        new BelayObserver() {
          @Override
          public void transaction(TxEvent event) {
            if (event.kind() == Kind.VERB) {
              standing.countDown();
              try {
                Patience.await(end);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
          }
        };
    try (Belay belay = open(still)) {
      store.createNotes(belay);
      CompletableFuture<Boolean> caller =
          CompletableFuture.supplyAsync(
              () -> belay.leases().acquire("l", "h", TTL).granted().isPresent(), LaterThreads.EACH);
      Patience.await(standing);
      belay.useWrite(in -> Notes.add(in, "a"));
      assertThat(Notes.all(belay)).containsExactly("a");
      Lease lease = belay.leases().find("l").orElseThrow();
      assertThat(belay.leases().renew(lease, TTL).renewed()).isPresent();
      assertThat(caller.isDone()).isFalse();
      end.countDown();
      assertThat(Patience.get(caller)).isTrue();
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneaky(Throwable thrown) throws X {
    throw (X) thrown;
  }
}

package dev.belay.store;

import static java.lang.Thread.State.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.BelayObserver.ClaimEvent;
import dev.belay.store.BelayObserver.CommitEvent;
import dev.belay.store.BelayObserver.LeaseEvent;
import dev.belay.store.BelayObserver.SettlementEvent;
import dev.belay.store.BelayObserver.TxEvent;
import dev.belay.store.BelayObserver.TxEvent.Kind;
import dev.belay.store.BelayObserver.TxEvent.Outcome;
import dev.belay.testing.Group;
import dev.belay.testing.LockHolder;
import dev.belay.testing.LogProbe;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: an observer is told everything once, after it is so, where it costs nobody but the caller,
 * and nothing that it does changes anything. Method: an observer that notes what it is told, and on
 * which thread, beside every kind of verb and outcome.
 */
class ObserverTest {
  private static final Duration TTL = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final Noting noting = new Noting();

  /** Notes what it is told. Safe for use by many threads. */
  private static class Noting implements BelayObserver {
    final List<TxEvent> transactions = new CopyOnWriteArrayList<>();
    final List<Object> events = new CopyOnWriteArrayList<>();
    final List<Thread> threads = new CopyOnWriteArrayList<>();

    @Override
    public void transaction(TxEvent event) {
      transactions.add(event);
      threads.add(Thread.currentThread());
    }

    @Override
    public void sessionCommit(CommitEvent event) {
      events.add(event);
    }

    @Override
    public void lease(LeaseEvent event) {
      events.add(event);
    }

    @Override
    public void claim(ClaimEvent event) {
      events.add(event);
    }

    @Override
    public void settlement(SettlementEvent event) {
      events.add(event);
    }

    @Override
    public void checkpoint(CheckpointEvent event) {
      events.add(event);
    }

    /** The transactions since the last call, in the order in which they were told. */
    List<TxEvent> told() {
      List<TxEvent> told = new ArrayList<>(transactions);
      transactions.clear();
      return told;
    }

    List<Object> toldEvents() {
      List<Object> told = new ArrayList<>(events);
      events.clear();
      return told;
    }
  }

  private Belay open(BelayObserver observer) {
    return Belay.open(
        folder.resolve("a.db"), TestOptions.defaults().withClock(clock).withObserver(observer));
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
  void a_store_in_memory_tells_the_same() {
    try (Belay belay = Belay.openInMemory(TestOptions.defaults().withObserver(noting))) {
      noting.told();
      belay.useRead(in -> in.handle().execute("SELECT 1"));
      SqliteNotes.create(belay);
      belay.tx().<Integer, RuntimeException>call(in -> 1);
      assertThat(noting.told())
          .extracting(TxEvent::kind)
          .containsExactly(Kind.READ, Kind.WRITE, Kind.CALL);
    }
  }

  @Test
  void a_body_that_another_thread_runs_is_told_on_its_callers_thread() throws Exception {
    try (Belay belay = open(noting)) {
      SqliteNotes.create(belay);
      CompletableFuture<Thread> ran = new CompletableFuture<>();
      Thread caller;
      try (Group group = Group.of(belay.tx())) {
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
        group.end();
      }
      assertThat(Patience.get(ran)).isNotSameAs(caller);
      Patience.join(caller);
      assertThat(noting.threads).containsOnlyOnce(caller);
    }
  }

  @Test
  void bodies_that_share_a_transaction_are_told_how_many_they_are() {
    Path file = folder.resolve("a.db");
    try (Belay belay = Belay.open(file, observed().withCommitGroupMax(64))) {
      SqliteNotes.create(belay);
      AtomicInteger texts = new AtomicInteger();
      Patience patience = Patience.begin();
      List<TxEvent> members = List.of();
      while (members.size() != 3) { // a slow body may end its group before it is full
        patience.check(() -> "a group of three has been told");
        noting.told();
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        try (Group group = Group.of(belay.tx())) {
          for (int i = 0; i < 3; i++) {
            futures.add(
                belay
                    .tx()
                    .writeAsync(
                        in -> {
                          Notes.add(in, "text " + texts.incrementAndGet());
                          return 1;
                        }));
          }
          group.end();
        }
        futures.forEach(CompletableFuture::join);
        members = noting.told().stream().filter(event -> event.bodies() == 3).toList();
      }
    }
  }

  @Test
  void a_body_that_ran_again_is_told_once_with_its_runs() {
    try (Belay belay = Belay.open(folder.resolve("a.db"), observed().withCommitGroupMax(64))) {
      SqliteNotes.create(belay);
      belay.useWrite(in -> Notes.add(in, "taken"));
      AtomicInteger runs = new AtomicInteger();
      CompletableFuture<Boolean> first;
      CompletableFuture<Integer> second;
      try (Group group = Group.of(belay.tx())) {
        first =
            belay
                .tx()
                .writeAsync(
                    in -> {
                      runs.incrementAndGet();
                      return belay.leases().acquire(in, "l", "h", TTL).granted().isPresent();
                    });
        second =
            belay
                .tx()
                .writeAsync(
                    in ->
                        in.handle()
                            .execute("INSERT OR ROLLBACK INTO note (text) VALUES ('taken')"));
        group.end();
      }
      assertThat(first.join()).isTrue();
      assertThatThrownBy(second::join).isNotNull();
      assertThat(noting.told())
          .filteredOn(event -> event.runs() == runs.get() && event.failure() == null)
          .isNotEmpty();
      assertThat(noting.toldEvents()).hasSize(1);
    }
  }

  @Test
  void waiting_for_another_process_is_told_apart_also_when_it_was_in_vain() {
    Path file = folder.resolve("a.db");
    try (Belay belay = Belay.open(file, observed().withBusyTimeout(Duration.ofMillis(50)))) {
      SqliteNotes.create(belay);
      noting.told();
      try (LockHolder holder = LockHolder.writing(file)) {
        assertThatThrownBy(() -> belay.useWrite(in -> Notes.add(in, "a")))
            .isInstanceOf(StoreBusyException.class);
        holder.release();
      }
      TxEvent event = noting.told().get(0);
      assertThat(event.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(event.failure()).isInstanceOf(StoreBusyException.class);
      assertThat(event.bodies()).isZero();
      assertThat(event.runs()).isZero();
      assertThat(event.lockWait()).isBetween(Duration.ofMillis(50), event.took());
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
      queue.defer(claims.get(2), clock.instant().plus(TTL));
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
  void checkpoints_are_told_on_a_callback_thread() {
    try (Belay belay = open(noting)) {
      SqliteNotes.create(belay);
      noting.toldEvents();
      String text = "x".repeat(100_000);
      AtomicInteger texts = new AtomicInteger();
      Patience.until(
          "a checkpoint is told",
          () -> {
            belay.useWrite(in -> Notes.add(in, text + texts.incrementAndGet()));
            return noting.events.stream()
                .anyMatch(
                    event ->
                        event instanceof BelayObserver.CheckpointEvent checkpoint
                            && checkpoint.pages() > 0
                            && checkpoint.failure() == null);
          });
    }
  }

  @Test
  void an_observer_that_throws_changes_nothing_whatever_it_throws() {
    for (Throwable thrown : List.of(new IllegalStateException("x"), new StackOverflowError())) {
      Path file = folder.resolve(thrown.getClass().getSimpleName() + ".db");
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
          Belay belay = Belay.open(file, TestOptions.defaults().withObserver(throwing))) {
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
      SqliteNotes.create(belay);
      CompletableFuture<Boolean> caller =
          CompletableFuture.supplyAsync(
              () -> belay.leases().acquire("l", "h", TTL).granted().isPresent());
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

  private BelayOptions observed() {
    return TestOptions.defaults().withClock(clock).withObserver(noting);
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneaky(Throwable thrown) throws X {
    throw (X) thrown;
  }
}

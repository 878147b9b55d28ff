package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.Work;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitRefusedException;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import dev.belay.store.TxOutcome;
import dev.belay.testing.Patience;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a turn whose commit was refused is not taken for done because its handler returned. Method:
 * the session is at revision 1; handlers commit to revision 0, which is refused, and to 1.
 */
@OnEachForm(inTurn = true)
class WorkerRefusalTest {
  private static final String CHAT = "chat";

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();
  private final ToldFailures told = new ToldFailures();

  @Test
  void a_refusal_that_the_handler_ignores_fails_the_attempt_with_the_refusal_as_its_error()
      throws Exception {
    Work completes = handleOne((claim, context) -> sessions().commit(stale().complete(claim)));
    assertRefused(completes);

    Work fenced = handleOne((claim, context) -> sessions().commit(stale().fencedBy(claim)));
    assertRefused(fenced);
  }

  @Test
  void the_last_commit_that_named_the_claim_decides() throws Exception {
    Work acceptedLast =
        handleOne(
            (claim, context) -> {
              sessions().commit(stale().complete(claim));
              sessions().commit(fresh().fencedBy(claim)).orThrow();
            });
    assertThat(acceptedLast.state()).isEqualTo(WorkState.DONE);

    Work refusedLast =
        handleOne(
            (claim, context) -> {
              sessions().commit(fresh().fencedBy(claim)).orThrow();
              sessions().commit(stale().complete(claim));
            });
    assertRefused(refusedLast);

    Work ofAnother =
        handleOne(
            (claim, context) -> {
              sessions().commit(fresh().fencedBy(claim)).orThrow();
              sessions().commit(stale()); // names no claim
            });
    assertThat(ofAnother.state()).isEqualTo(WorkState.DONE);
  }

  @Test
  void a_handler_that_settles_the_claim_has_dealt_with_the_refusal() throws Exception {
    Work completed =
        handleOne(
            (claim, context) -> {
              sessions().commit(stale().complete(claim));
              store.queue().complete(claim, "by hand");
            });
    assertThat(completed.result()).isEqualTo("by hand");

    Work deferred =
        handleOne(
            (claim, context) -> {
              sessions().commit(stale().complete(claim));
              store.queue().defer(claim, store.clock.instant().plus(TTL));
            });
    assertThat(deferred.state()).isEqualTo(WorkState.WAITING);
    assertThat(deferred.lastError()).isNull();
    assertThat(told.failed).isEmpty();
  }

  @Test
  void an_exception_counts_more_than_a_refusal() throws Exception {
    Work work =
        handleOne(
            (claim, context) -> {
              sessions().commit(stale().complete(claim));
              throw new IllegalStateException("boom");
            });
    assertThat(work.lastError()).contains("boom");
  }

  @Test
  void a_refusal_counts_also_in_a_body_that_is_undone_a_commit_does_not() throws Exception {
    Work kept =
        handleOne(
            (claim, context) ->
                store
                    .belay()
                    .useWrite(tx -> assertRefused(sessions().commit(tx, stale().complete(claim)))));
    assertRefused(kept);

    Work refusedInVain =
        handleOne(
            (claim, context) ->
                store
                    .belay()
                    .tx()
                    .writeFlow(
                        tx -> {
                          assertRefused(sessions().commit(tx, stale().complete(claim)));
                          return TxOutcome.rollback("undone");
                        }));
    assertRefused(refusedInVain);

    Work thrownInVain =
        handleOne(
            (claim, context) ->
                assertThatThrownBy(
                        () ->
                            store
                                .belay()
                                .useWrite(
                                    tx -> sessions().commit(tx, stale().complete(claim)).orThrow()))
                    .isInstanceOf(CommitRefusedException.class));
    assertRefused(thrownInVain);

    Work acceptedAfterIt =
        handleOne(
            (claim, context) -> {
              SessionCommit fresh = fresh();
              store
                  .belay()
                  .useWrite(
                      tx -> {
                        assertRefused(sessions().commit(tx, stale().complete(claim)));
                        sessions().commit(tx, fresh.fencedBy(claim)).orThrow();
                      });
            });
    assertThat(acceptedAfterIt.state()).isEqualTo(WorkState.DONE);

    Work acceptedInVain =
        handleOne(
            (claim, context) -> {
              sessions().commit(stale().complete(claim));
              SessionCommit fresh = fresh();
              store
                  .belay()
                  .tx()
                  .writeFlow(
                      tx -> {
                        sessions().commit(tx, fresh.fencedBy(claim)).orThrow();
                        return TxOutcome.rollback("undone");
                      });
            });
    assertRefused(acceptedInVain);
  }

  @Test
  void of_a_lane_the_first_that_was_refused_fails_and_the_rest_goes_back() throws Exception {
    long first = store.addToLane("l", "m1");
    long second = store.addToLane("l", "m2");
    long third = store.addToLane("l", "m3");

    run(
        (claim, context) -> {
          Claim more = store.queue().claimMore(claim, 2).get(0);
          sessions().commit(stale().fencedBy(more));
        });

    assertThat(store.state(first)).isEqualTo(WorkState.DONE);
    assertThat(store.work(second).lastError()).contains("commit refused");
    assertThat(store.state(third)).isEqualTo(WorkState.WAITING);
    assertThat(store.work(third).attempt()).isZero();
    assertThat(told.one().workId()).isEqualTo(second);
  }

  @Test
  void the_context_commits_and_throws_what_is_refused() throws Exception {
    AtomicReference<Committed> committed = new AtomicReference<>();
    Work done =
        handleOne(
            (claim, context) -> {
              assertThatThrownBy(() -> context.commit(stale().fencedBy(claim)))
                  .isInstanceOf(CommitRefusedException.class);
              committed.set(context.commit(fresh().complete(claim, "r")));
            });
    assertThat(done.result()).isEqualTo("r");
    assertThat(sessions().find(CHAT).orElseThrow().revision())
        .isEqualTo(committed.get().revision());

    Work refused = handleOne((claim, context) -> context.commit(stale().complete(claim)));
    assertRefused(refused);
  }

  private Sessions sessions() {
    return store.belay().sessions();
  }

  private SessionCommit stale() {
    return SessionCommit.to(CHAT, 0).append(NewEvent.of("answer", "lost"));
  }

  private SessionCommit fresh() {
    return SessionCommit.to(CHAT, sessions().find(CHAT).orElseThrow().revision())
        .append(NewEvent.of("answer", "kept"));
  }

  private static void assertRefused(CommitOutcome outcome) {
    assertThat(outcome.committed()).isEmpty();
  }

  private void assertRefused(Work work) {
    assertThat(work.state()).isEqualTo(WorkState.WAITING);
    assertThat(work.lastError())
        .startsWith(CommitRefusedException.class.getName())
        .contains("expected revision 0");
    assertThat(told.of(work.id())).hasSize(1);
    assertThat(told.of(work.id()).get(0).failure()).isInstanceOf(CommitRefusedException.class);
    assertThat(told.of(work.id()).get(0).outcome()).isEqualTo(Outcome.RETRIED);
  }

  private Work handleOne(WorkHandler handler) throws Exception {
    long id = store.add("turn");
    run(handler);
    return store.work(id);
  }

  /** Has a worker make one run beside a session at revision 1 or more. */
  private void run(WorkHandler handler) throws Exception {
    if (sessions().find(CHAT).isEmpty()) {
      sessions().commit(SessionCommit.to(CHAT, 0).append(NewEvent.of("user", "hi"))).orThrow();
    }
    CompletableFuture<Void> handled = new CompletableFuture<>();
    WorkHandler once =
        (claim, context) -> {
          if (handled.isDone()) {
            store.queue().defer(claim, store.clock.instant().plus(TTL)); // what was given back
            return;
          }
          try {
            handler.handle(claim, context);
          } finally {
            handled.complete(null);
          }
        };
    try (Worker worker = store.queue().worker(once).ttl(TTL).listener(told).start()) {
      Patience.get(handled);
      assertThat(worker.isRunning()).isTrue();
    }
  }
}

package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.TTL;
import static dev.belay.queue.KeyLife.WHILE_KEPT;
import static dev.belay.queue.KeyLife.WHILE_OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.Enqueued.Added;
import dev.belay.queue.Enqueued.Duplicate;
import dev.belay.queue.Enqueued.KeyConflict;
import dev.belay.queue.KeyLife;
import dev.belay.queue.NewWork;
import dev.belay.queue.Requeue;
import dev.belay.queue.Work;
import dev.belay.queue.WorkState;
import dev.belay.session.CommitOutcome;
import dev.belay.session.SessionCommit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** For how long a key keeps others out. */
@OnEachForm(inTurn = true)
class KeyLifeTest {
  private static final NewWork OPEN = NewWork.of("p").withKey("k", WHILE_OPEN);

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void a_key_while_open_is_free_after_whatever_finishes_its_work() {
    for (Map.Entry<String, LongConsumer> end : ends().entrySet()) {
      String name = end.getKey();
      NewWork work = OPEN.withLane("lane").withAttemptsMax(1);
      long id = store.add(work);

      end.getValue().accept(id);

      assertThat(store.state(id).isFinished()).as(name).isTrue();
      assertThat(store.work(id).key()).as(name).isEqualTo("k");
      assertThat(store.queue().findByKey("k")).as(name).contains(store.work(id));
      Enqueued next = store.queue().enqueue(work.withLane("other"));
      assertThat(next).as(name).isInstanceOf(Added.class);
      assertThat(store.queue().findByKey("k")).as(name).contains(store.work(next.workId()));
      store.queue().cancel(next.workId());
    }
  }

  /** Every way to an end; each is given the work, which is READY, of one attempt. */
  private Map<String, LongConsumer> ends() {
    Map<String, LongConsumer> ends = new LinkedHashMap<>();
    ends.put("complete", id -> store.queue().complete(store.claim()));
    ends.put("complete with a result", id -> store.queue().complete(store.claim(), "r"));
    ends.put("bury", id -> store.queue().bury(store.claim(), "no"));
    ends.put("fail the last attempt", id -> store.queue().fail(store.claim(), "no"));
    ends.put("cancel", id -> store.queue().cancel(id));
    ends.put(
        "release what is unwanted",
        id -> {
          Claim claim = store.claim();
          store.queue().cancel(id);
          store.queue().release(claim);
        });
    ends.put(
        "give back a grant with unwanted work behind",
        id -> {
          long behind = store.add(NewWork.of("behind").withLane("lane"));
          store.queue().claimLane("lane", "w", TTL, 2);
          store.queue().cancel(id);
          store.queue().cancel(behind);
          store.clock.advance(TTL);
          store.queue().claim("w", TTL);
        });
    ends.put(
        "cancel what has lapsed",
        id -> {
          store.claim();
          store.clock.advance(TTL);
          store.queue().cancel(id);
        });
    ends.put(
        "lapse for the last time",
        id -> {
          store.claim();
          store.clock.advance(TTL);
          assertThat(store.queue().claim("w", TTL)).isEmpty();
        });
    return ends;
  }

  @Test
  void it_keeps_others_out_for_as_long_as_its_work_is_open() {
    long id = store.add(OPEN.notBefore(store.clock.instant().plus(MS)));
    assertThat(store.queue().enqueue(OPEN)).isEqualTo(new Duplicate(id, WorkState.SCHEDULED));
    store.clock.advance(MS);
    Claim claim = store.claim();
    assertThat(store.queue().enqueue(OPEN)).isEqualTo(new Duplicate(id, WorkState.CLAIMED));
    assertThat(store.queue().enqueue(NewWork.of("q").withKey("k"))).isEqualTo(new KeyConflict(id));
    store.queue().fail(claim, "again");
    assertThat(store.queue().enqueue(OPEN)).isEqualTo(new Duplicate(id, WorkState.WAITING));
  }

  @Test
  void a_lapsed_claim_of_the_last_attempt_is_open_until_that_is_stored() {
    long id = store.add(OPEN.withAttemptsMax(1));
    store.claim();
    store.clock.advance(TTL);

    assertThat(store.queue().enqueue(OPEN)).isEqualTo(new Duplicate(id, WorkState.CLAIMED));
  }

  @Test
  void the_life_of_the_key_is_that_of_its_holder() {
    long kept = store.add(NewWork.of("p").withKey("kept"));
    long open = store.add(NewWork.of("p").withKey("open", WHILE_OPEN));
    store.drain();

    assertThat(store.queue().enqueue(NewWork.of("p").withKey("kept", WHILE_OPEN)))
        .isEqualTo(new Duplicate(kept, WorkState.DONE));
    long next = store.add(NewWork.of("p").withKey("open", WHILE_KEPT));
    assertThat(next).isGreaterThan(open);
    store.drain();
    assertThat(store.queue().enqueue(NewWork.of("p").withKey("open", WHILE_OPEN)))
        .isEqualTo(new Duplicate(next, WorkState.DONE));
  }

  @Test
  void the_life_is_no_content() {
    long id = store.add(OPEN);

    assertThat(store.queue().enqueue(NewWork.of("p").withKey("k")))
        .isEqualTo(new Duplicate(id, WorkState.READY));
  }

  @Test
  void of_finished_holders_the_newest_is_found() {
    long first = store.add(OPEN);
    store.drain();
    store.clock.advance(MS);
    long second = store.add(OPEN);
    store.drain();
    store.clock.advance(MS);

    assertThat(store.queue().findByKey("k").orElseThrow().id()).isEqualTo(second);
    store.queue().cancel(store.add(OPEN));
    store.clock.advance(MS);
    assertThat(store.queue().purge(store.clock.instant(), 3)).isEqualTo(3);
    assertThat(store.queue().findByKey("k")).isEmpty();
    assertThat(store.queue().find(first)).isEmpty();
  }

  @Test
  void in_a_batch_the_first_is_open() {
    List<Enqueued> enqueued = store.queue().enqueueAll(List.of(OPEN, OPEN.withPriority(1)));

    long id = enqueued.get(0).workId();
    assertThat(enqueued).containsExactly(new Added(id), new Duplicate(id, WorkState.READY));
  }

  @Test
  void one_transaction_may_finish_work_and_enqueue_the_next_under_its_key() {
    store.add(OPEN);
    Claim claim = store.claim();

    Enqueued next =
        store
            .belay()
            .write(
                tx -> {
                  store.queue().complete(tx, claim).orThrow();
                  return store.queue().enqueue(tx, OPEN);
                });

    assertThat(next).isInstanceOf(Added.class);
  }

  @Test
  void one_commit_may_complete_work_and_enqueue_the_next_under_its_key() {
    long id = store.add(OPEN);
    Claim claim = store.claim();
    SessionCommit turn =
        SessionCommit.to("s", 0)
            .operation("turn")
            .complete(claim)
            .enqueue("jobs", NewWork.of("other").withKey("k", WHILE_OPEN), OPEN.withKey("l"));

    List<Enqueued> enqueued = store.belay().sessions().commit(turn).orThrow().enqueued();

    assertThat(enqueued).allMatch(each -> each instanceof Added);
    assertThat(store.state(id)).isEqualTo(WorkState.DONE);
    assertThat(store.queue().findByKey("k").orElseThrow().payload()).isEqualTo("other");
    assertThat(store.belay().sessions().commit(turn).orThrow().enqueued()).isEqualTo(enqueued);
  }

  @Test
  void a_commit_that_completes_a_kept_holder_finds_it_done() {
    long id = store.add(NewWork.of("p").withKey("k"));
    Claim claim = store.claim();

    SessionCommit turn = SessionCommit.to("s", 0).complete(claim);

    assertThat(store.belay().sessions().commit(turn.enqueue("jobs", NewWork.of("q").withKey("k"))))
        .isEqualTo(new CommitOutcome.KeyConflict("jobs", "k"));
    assertThat(
            store
                .belay()
                .sessions()
                .commit(turn.enqueue("jobs", NewWork.of("p").withKey("k")))
                .orThrow()
                .enqueued())
        .containsExactly(new Duplicate(id, WorkState.DONE));
  }

  @Test
  void a_commit_that_only_rests_on_the_claim_finds_the_key_taken() {
    store.add(OPEN);
    Claim claim = store.claim();

    assertThat(
            store
                .belay()
                .sessions()
                .commit(
                    SessionCommit.to("s", 0)
                        .fencedBy(claim)
                        .enqueue("jobs", NewWork.of("q").withKey("k"))))
        .isEqualTo(new CommitOutcome.KeyConflict("jobs", "k"));
  }

  @Test
  void requeued_work_takes_its_key_back() {
    long id = store.add(OPEN);
    store.queue().cancel(id);
    store.queue().cancel(store.add(OPEN));

    assertThat(store.queue().requeue(id)).isEqualTo(Requeue.REQUEUED);

    assertThat(store.queue().enqueue(OPEN)).isEqualTo(new Duplicate(id, WorkState.READY));
    store.drain();
    assertThat(store.queue().enqueue(OPEN)).isInstanceOf(Added.class);
  }

  @Test
  void work_whose_key_another_has_taken_is_not_requeued() {
    for (KeyLife life : KeyLife.values()) {
      String key = "k of " + life;
      NewWork work = NewWork.of("p").withLane("l").withKey(key, WHILE_OPEN);
      long id = store.add(work);
      store.queue().cancel(id);
      Work before = store.work(id);
      long next = store.add(work.withKey(key, life));

      assertThat(store.queue().requeue(id)).isEqualTo(Requeue.KEY_TAKEN);

      assertThat(store.work(id)).isEqualTo(before);
      assertThat(store.queue().findByKey(key).orElseThrow().id()).isEqualTo(next);
    }
  }

  @Test
  void a_key_has_a_life() {
    assertThatNullPointerException()
        .isThrownBy(() -> NewWork.of("p").withKey("k", nothing()))
        .withMessage("life");
  }

  @SuppressWarnings("NullAway") // what a caller may hand over all the same
  private static KeyLife nothing() {
    return null;
  }
}

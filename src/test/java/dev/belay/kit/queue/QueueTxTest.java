package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.ClaimLostException;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueStats;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.store.Tx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every verb in a transaction of the caller's. */
@OnEachForm(inTurn = true)
class QueueTxTest {
  private interface Verb {
    Object run(Tx tx);
  }

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  private Claim claim;

  @BeforeEach
  void claim_some_work() {
    store.add(NewWork.of("p").withKey("k"));
    claim = store.claim();
  }

  @Test
  void a_turn_is_one_transaction() {
    store
        .belay()
        .useWrite(
            tx -> {
              store.queue().require(tx, claim);
              store.queue().complete(tx, claim, "result");
              store.queue().enqueue(tx, NewWork.of("next"));
            });

    assertThat(store.state(claim.workId())).isEqualTo(WorkState.DONE);
    assertThat(store.drain()).containsExactly("next");
  }

  @Test
  void a_settlement_that_is_required_undoes_the_body_of_a_lost_claim_and_passes_a_live_one() {
    assertThat(store.queue().release(claim).orThrow()).isEqualTo(Settlement.SETTLED);

    assertThatExceptionOfType(ClaimLostException.class)
        .isThrownBy(
            () ->
                store
                    .belay()
                    .useWrite(
                        tx -> {
                          store.queue().enqueue(tx, NewWork.of("next"));
                          store.queue().complete(tx, claim).orThrow();
                        }));

    assertThat(store.drain()).containsExactly("p");
  }

  @Test
  void work_is_claimable_in_the_transaction_that_enqueues_it() {
    Optional<Claim> claimed =
        store
            .belay()
            .write(
                tx -> {
                  store.queue().enqueue(tx, NewWork.of("q"));
                  return store.queue().claim(tx, "w", TTL);
                });

    assertThat(claimed.orElseThrow().payload()).isEqualTo("q");
  }

  @Test
  void a_rollback_undoes_all_of_a_transaction() {
    store.add("q");
    QueueStats before = store.queue().stats();

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                store
                    .belay()
                    .useWrite(
                        tx -> {
                          writers().values().forEach(verb -> verb.run(tx));
                          throw new IllegalStateException("changed my mind");
                        }))
        .withMessage("changed my mind");
    assertThat(store.queue().stats()).isEqualTo(before);
    assertThat(store.queue().renew(claim, TTL).renewed()).isPresent();
  }

  @Test
  void writers_refuse_a_tx_that_cannot_write() {
    writers()
        .forEach(
            (name, verb) -> {
              store.belay().useRead(tx -> refused(name, verb, tx));
              store
                  .belay()
                  .tx()
                  .call(
                      tx -> {
                        refused(name, verb, tx);
                        return true;
                      });
            });
  }

  @Test
  void every_verb_refuses_the_tx_of_another_store() {
    Map<String, Verb> verbs = writers();
    verbs.putAll(readers());
    try (Belay other = store.fresh()) {
      verbs.forEach(
          (name, verb) ->
              other.useWrite(
                  tx ->
                      assertThatIllegalArgumentException()
                          .as(name)
                          .isThrownBy(() -> verb.run(tx))
                          .withMessageContaining("WorkQueue." + name)));
    }
  }

  @Test
  void readers_answer_alike_in_every_transaction() {
    readers()
        .forEach(
            (name, verb) -> {
              Object alone = store.belay().tx().<Object, RuntimeException>read(verb::run);
              assertThat(store.belay().tx().<Object, RuntimeException>write(verb::run))
                  .as(name)
                  .isEqualTo(alone);
              assertThat(store.belay().tx().<Object, RuntimeException>call(verb::run))
                  .as(name)
                  .isEqualTo(alone);
            });
    assertThat(store.queue().find(claim.workId())).isPresent();
    assertThat(store.queue().findByKey("k")).isPresent();
  }

  @Test
  void a_verb_without_a_tx_is_refused_inside_a_body() {
    store
        .belay()
        .useWrite(
            tx -> {
              assertThatIllegalStateException().isThrownBy(() -> store.queue().complete(claim));
              assertThatIllegalStateException().isThrownBy(() -> store.queue().stats());
            });
  }

  private static void refused(String name, Verb verb, Tx tx) {
    assertThatIllegalStateException()
        .as(name)
        .isThrownBy(() -> verb.run(tx))
        .withMessageContaining("WorkQueue." + name);
  }

  private Map<String, Verb> writers() {
    WorkQueue queue = store.queue();
    Map<String, Verb> verbs = new LinkedHashMap<>();
    verbs.put("enqueue", tx -> queue.enqueue(tx, NewWork.of("p")));
    verbs.put("enqueueAll", tx -> queue.enqueueAll(tx, List.of(NewWork.of("p"))));
    verbs.put("claim", tx -> List.of(queue.claim(tx, "w", TTL), queue.claim(tx, "w", TTL, 1)));
    verbs.put("claimLane", tx -> queue.claimLane(tx, "l", "w", TTL, 1));
    verbs.put("claimMore", tx -> queue.claimMore(tx, claim, 1));
    verbs.put("renew", tx -> queue.renew(tx, claim, TTL.plus(MS)));
    verbs.put("cancel", tx -> queue.cancel(tx, claim.workId()));
    verbs.put("requeue", tx -> queue.requeue(tx, claim.workId()));
    verbs.put("complete", tx -> queue.complete(tx, claim));
    verbs.put("fail", tx -> queue.fail(tx, claim, "no"));
    verbs.put("defer", tx -> queue.defer(tx, claim, store.clock.instant()));
    verbs.put("release", tx -> queue.release(tx, claim));
    verbs.put("bury", tx -> queue.bury(tx, claim, "no"));
    verbs.put("purge", tx -> queue.purge(tx, store.clock.instant().plus(MS), 1));
    return verbs;
  }

  private Map<String, Verb> readers() {
    WorkQueue queue = store.queue();
    Map<String, Verb> verbs = new LinkedHashMap<>();
    verbs.put("find", tx -> queue.find(tx, claim.workId()));
    verbs.put("findByKey", tx -> queue.findByKey(tx, "k"));
    verbs.put("list", tx -> queue.list(tx, WorkState.CLAIMED, 0, 1));
    verbs.put("lane", tx -> queue.lane(tx, "l", 1));
    verbs.put("stats", tx -> queue.stats(tx));
    return verbs;
  }
}

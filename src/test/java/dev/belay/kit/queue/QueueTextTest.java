package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.Work;
import dev.belay.queue.WorkQueue;
import dev.belay.store.TextRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a queue takes, and what it refuses before it has read or written anything. */
@OnEachForm(inTurn = true)
class QueueTextTest {
  /** As many code points as a name may have, and no more bytes than every database can index. */
  private static final String LONGEST = "🜁".repeat(333) + "a".repeat(TextRule.ID_MAX - 333);

  private static final String QUEUE = "🜁".repeat(63);
  private static final String UNPAIRED = "\ud83d";

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void the_longest_names_come_back_as_they_went_in() {
    WorkQueue queue = store.belay().queue(QUEUE);
    long id =
        queue
            .enqueue(
                NewWork.of("")
                    .withKey(LONGEST)
                    .withLane(LONGEST)
                    .withType("🜁".repeat(TextRule.TYPE_MAX)))
            .workId();

    Claim claim = queue.claimLane(LONGEST, LONGEST, TTL, 1).get(0);
    queue.complete(claim, "");

    Work work = queue.findByKey(LONGEST).orElseThrow();
    assertThat(work.id()).isEqualTo(id);
    assertThat(work.queue()).isEqualTo(QUEUE);
    assertThat(work.lane()).isEqualTo(LONGEST);
    assertThat(work.worker()).isEqualTo(LONGEST);
    assertThat(work.payload()).isEmpty();
    assertThat(work.result()).isEmpty();
  }

  @Test
  void a_large_payload_comes_back_as_it_went_in() {
    String payload = "a🜁é".repeat(1_500_000);
    store.add(payload);

    assertThat(store.claim().payload()).isEqualTo(payload);
  }

  @Test
  void names_that_are_empty_or_too_long_are_refused() {
    String tooLong = LONGEST + "a";
    refuses("work key", text -> NewWork.of("p").withKey(text), "", tooLong);
    refuses("work lane", text -> NewWork.of("p").withLane(text), "", tooLong);
    refuses("work type", text -> NewWork.of("p").withType(text), "", "a".repeat(256));
    refuses("queue", text -> store.belay().queue(text), "", tooLong);
    refuses("worker", text -> store.queue().claim(text, TTL), "", tooLong);
    refuses("worker", text -> store.queue().claimLane("l", text, TTL, 1), "", tooLong);
    refuses("lane", text -> store.queue().claimLane(text, "w", TTL, 1), "", tooLong);
    refuses("lane", text -> store.queue().lane(text, 1), "", tooLong);
    refuses("work key", text -> store.queue().findByKey(text), "", tooLong);
  }

  @Test
  void text_that_no_database_keeps_is_refused_and_the_claim_stays() {
    store.add("p");
    Claim claim = store.claim();

    refuses("work payload", NewWork::of, "a\0", UNPAIRED);
    refuses("result", text -> store.queue().complete(claim, text), "a\0", UNPAIRED);
    refuses("error", text -> store.queue().fail(claim, text), "a\0", UNPAIRED);
    refuses("reason", text -> store.queue().bury(claim, text), "a\0", UNPAIRED);
    assertThat(store.queue().complete(claim)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void nothing_is_null() {
    assertThatNullPointerException().isThrownBy(() -> NewWork.of(nothing()));
    assertThatNullPointerException().isThrownBy(() -> store.queue().claim(nothing(), TTL));
    assertThatNullPointerException().isThrownBy(() -> store.queue().claim("w", nothing()));
  }

  @Test
  void a_list_with_null_is_refused_before_any_of_it_is_written() {
    List<NewWork> works = new ArrayList<>();
    works.add(NewWork.of("p"));
    works.add(nothing());

    store
        .belay()
        .useWrite(
            tx ->
                assertThatNullPointerException()
                    .isThrownBy(() -> store.queue().enqueueAll(tx, works)));

    assertThat(store.queue().stats().ready()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT0.000999S", "PT8760000H0.001S", "PT2562047788015H"})
  void a_time_to_live_is_from_a_millisecond_to_a_thousand_years(String text) {
    Duration ttl = Duration.parse(text);
    store.add("p");

    assertThatIllegalArgumentException().isThrownBy(() -> store.queue().claim("w", ttl));
    assertThatIllegalArgumentException().isThrownBy(() -> store.queue().claim("w", ttl, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.queue().claimLane("l", "w", ttl, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.queue().worker((work, context) -> {}).ttl(ttl));
    Claim claim = store.claim();
    assertThatIllegalArgumentException().isThrownBy(() -> store.queue().renew(claim, ttl));
    assertThat(store.queue().complete(claim)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void a_time_beyond_time_is_refused() {
    store.add("p");
    Claim claim = store.claim();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.queue().defer(claim, Instant.MAX))
        .withMessageContaining("until");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NewWork.of("p").notBefore(Instant.MAX))
        .withMessageContaining("notBefore");
  }

  @Test
  void how_many_is_bounded() {
    store.addToLane("l", "p");
    Claim claim = store.claim();

    for (int max : new int[] {0, -1, WorkQueue.CLAIMS_MAX + 1}) {
      assertThatIllegalArgumentException().isThrownBy(() -> store.queue().claim("w", TTL, max));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.queue().claimLane("l", "w", TTL, max));
      assertThatIllegalArgumentException().isThrownBy(() -> store.queue().claimMore(claim, max));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> NewWork.of("p").withAttemptsMax(0));
  }

  private static void refuses(String field, Consumer<String> verb, String... texts) {
    for (String text : texts) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> verb.accept(text))
          .withMessageContaining(field);
    }
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }
}

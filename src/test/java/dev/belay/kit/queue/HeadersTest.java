package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued.Duplicate;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.SessionCommit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What travels beside a payload. */
@OnEachForm(inTurn = true)
class HeadersTest {
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void a_claim_has_the_headers_that_were_enqueued() {
    Map<String, String> headers =
        Map.of("traceparent", TRACE, "empty", "", "3:a", "2:b\n\u00e9\ud83d\ude00", "\u00e4", "1");
    store.add(NewWork.of("a").withHeaders(headers));
    store.add(NewWork.of("b").withLane("l").withHeaders(headers));
    store.add("c");

    List<Claim> claims = store.queue().claim("w", TTL, 3);

    assertThat(claims.get(0).headers()).isEqualTo(headers);
    assertThat(claims.get(1).headers()).isEqualTo(headers);
    assertThat(claims.get(2).headers()).isEmpty();
    assertThat(store.queue().renew(claims.get(0), TTL).renewed().orElseThrow().headers())
        .isEqualTo(headers);
  }

  @Test
  void headers_stay_through_retries_and_requeues() {
    Map<String, String> headers = Map.of("a", "b");
    long id = store.add(NewWork.of("p").withAttemptsMax(1).withHeaders(headers));
    store.queue().fail(store.claim(), "no");
    store.queue().requeue(id);

    assertThat(store.claim().headers()).isEqualTo(headers);
  }

  @Test
  void headers_are_no_content_of_a_key() {
    NewWork work = NewWork.of("p").withKey("k");
    long id = store.add(work.withHeaders(Map.of("a", "first")));

    assertThat(store.queue().enqueue(work.withHeaders(Map.of("a", "second"))))
        .isEqualTo(new Duplicate(id, WorkState.READY));
    assertThat(store.queue().enqueue(work)).isEqualTo(new Duplicate(id, WorkState.READY));
    assertThat(store.claim().headers()).containsExactly(Map.entry("a", "first"));
  }

  @Test
  void headers_are_no_content_of_an_operation() {
    SessionCommit turn = SessionCommit.to("s", 0).operation("o");
    NewWork work = NewWork.of("p");

    Committed first = commit(turn.enqueue("jobs", work.withHeaders(Map.of("traceparent", TRACE))));
    Committed again = commit(turn.enqueue("jobs", work.withHeaders(Map.of("traceparent", "no"))));

    assertThat(again.replayed()).isTrue();
    assertThat(again.enqueued()).isEqualTo(first.enqueued());
  }

  private Committed commit(SessionCommit commit) {
    return store.belay().sessions().commit(commit).orThrow();
  }

  @Test
  void names_and_values_together_have_so_many_bytes_and_no_more() {
    Map<String, String> most = Map.of("a", "\u00e9".repeat(2047), "b", "");
    assertThat(store.add(NewWork.of("p").withHeaders(most))).isPositive();
    assertThat(store.claim().headers()).isEqualTo(most);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> NewWork.of("p").withHeaders(Map.of("a", "x".repeat(4096))))
        .withMessageContaining("4096");
    Map<String, String> many = new LinkedHashMap<>();
    for (int i = 0; i < 2048; i++) {
      many.put(String.valueOf((char) (0x100 + i % 1600)) + (i < 1600 ? "" : "x"), "");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> NewWork.of("p").withHeaders(many));
  }

  @Test
  void the_most_headers_that_fit_are_stored() {
    Map<String, String> many = new LinkedHashMap<>();
    for (int i = 0; i < 2048; i++) {
      many.put(String.format("%02d", i % 100).charAt(0) + String.valueOf((char) (33 + i / 20)), "");
    }
    many.values().removeIf(value -> many.size() * 2 > 4096);
    store.add(NewWork.of("p").withHeaders(many));

    assertThat(store.claim().headers()).isEqualTo(many);
  }

  @Test
  void text_that_no_store_can_keep_is_refused_without_its_value() {
    String secret = "secret\0";
    for (Map<String, String> bad :
        List.of(
            Map.of("a", secret),
            Map.of("a", "\ud800"),
            Map.of("", "v"),
            Map.of("\0", "v"),
            Map.of("x".repeat(256), "v"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NewWork.of("p").withHeaders(bad))
          .withMessageNotContaining("secret");
    }
  }

  @Test
  void the_last_headers_count_and_a_copy_was_made() {
    Map<String, String> headers = new LinkedHashMap<>(Map.of("a", "1"));
    NewWork work = NewWork.of("p").withHeaders(headers);
    headers.put("b", "2");
    store.add(work);
    store.add(work.withHeaders(Map.of("c", "3")));
    store.add(work.withHeaders(Map.of()));

    assertThat(store.claim().headers()).isEqualTo(Map.of("a", "1"));
    assertThat(store.claim().headers()).isEqualTo(Map.of("c", "3"));
    assertThat(store.claim().headers()).isEmpty();
  }

  @Test
  void headers_are_in_no_text() {
    NewWork work = NewWork.of("p").withHeaders(Map.of("a", "secret"));
    long id = store.add(work);

    assertThat(work.toString() + store.claim() + store.work(id)).doesNotContain("secret");
  }
}

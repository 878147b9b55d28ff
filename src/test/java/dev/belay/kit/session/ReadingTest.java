package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.session.SessionLine;
import dev.belay.session.Sessions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What readers see. */
@OnEachForm
class ReadingTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    belay = store.belay();
    sessions = belay.sessions();
  }

  @Test
  void ten_thousand_events_are_read_in_order() {
    sessions.commit(SessionCommit.to("s", 0).append(events(10_000))).orThrow();

    List<SessionEvent> history = sessions.history("s");

    assertThat(history).hasSize(10_000);
    for (int i = 0; i < 10_000; i++) {
      assertThat(history.get(i).seq()).isEqualTo(i + 1L);
      assertThat(history.get(i).payload()).isEqualTo("event " + (i + 1));
    }
  }

  @Test
  void the_newest_of_the_history_come_oldest_first() {
    sessions.commit(SessionCommit.to("s", 0).append(events(5))).orThrow();
    sessions.commit(SessionCommit.to("s", 1).parent(2).append(events(2))).orThrow();

    assertThat(seqs(sessions.history("s", 1))).containsExactly(7L);
    assertThat(seqs(sessions.history("s", 3))).containsExactly(2L, 6L, 7L);
    assertThat(seqs(sessions.history("s", 4))).containsExactly(1L, 2L, 6L, 7L);
    assertThat(seqs(sessions.history("s", Integer.MAX_VALUE))).containsExactly(1L, 2L, 6L, 7L);
  }

  @Test
  void the_log_is_read_page_by_page_with_all_its_branches() {
    sessions.commit(SessionCommit.to("s", 0).append(events(3))).orThrow();
    sessions.commit(SessionCommit.to("s", 1).parent(1).append(events(2))).orThrow();

    assertThat(seqs(sessions.events("s", 0, 2))).containsExactly(1L, 2L);
    assertThat(seqs(sessions.events("s", 2, 2))).containsExactly(3L, 4L);
    assertThat(seqs(sessions.events("s", 4, 2))).containsExactly(5L);
    assertThat(seqs(sessions.events("s", 5, 2))).isEmpty();
    assertThat(seqs(sessions.events("s", Long.MAX_VALUE, 2))).isEmpty();
  }

  @Test
  void sessions_are_listed_by_the_code_points_of_their_ids() {
    // In UTF-16 the emoji would come before the private-use letter.
    for (String id : List.of("b", "\uE000", "\uD83D\uDE80", "a", "B")) {
      sessions.commit(SessionCommit.to(id, 0).state("state of " + id)).orThrow();
    }

    List<SessionLine> first = sessions.list(null, 3);
    List<SessionLine> rest = sessions.list(first.get(2).id(), 10);

    assertThat(first).extracting(SessionLine::id).containsExactly("B", "a", "b");
    assertThat(rest).extracting(SessionLine::id).containsExactly("\uE000", "\uD83D\uDE80");
    assertThat(first.get(0).stateBytes()).isEqualTo("state of B".length());
    assertThat(sessions.list("\uD83D\uDE80", 10)).isEmpty();
  }

  @Test
  void a_session_that_is_not_there_is_an_empty_answer() {
    assertThat(sessions.find("s")).isEmpty();
    assertThat(sessions.load("s")).isEmpty();
    assertThat(sessions.history("s")).isEmpty();
    assertThat(sessions.history("s", 5)).isEmpty();
    assertThat(sessions.events("s", 0, 5)).isEmpty();
    assertThat(sessions.eventById("s", "e")).isEmpty();
    assertThat(sessions.list(null, 5)).isEmpty();
  }

  @Test
  void arguments_out_of_bounds_are_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> sessions.history("s", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> sessions.events("s", -1, 1));
    for (int limit : new int[] {Integer.MIN_VALUE, 0, Sessions.LIMIT_MAX + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sessions.events("s", 0, limit))
          .withMessage("limit must be from 1 to 10000: " + limit);
      assertThatIllegalArgumentException().isThrownBy(() -> sessions.list(null, limit));
    }
    assertThat(sessions.events("s", 0, Sessions.LIMIT_MAX)).isEmpty();
  }

  private static List<Long> seqs(List<SessionEvent> events) {
    return events.stream().map(SessionEvent::seq).toList();
  }

  private static List<NewEvent> events(int count) {
    List<NewEvent> events = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      events.add(NewEvent.of("message", "event " + i));
    }
    return events;
  }
}

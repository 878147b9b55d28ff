package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.Loaded;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.session.Sessions;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a commit that is accepted does to the head and to the log. */
@OnEachForm
class CommitTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();
  private final ManualClock clock = store.clock;
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    belay = store.belay();
    sessions = belay.sessions();
  }

  @Test
  void the_first_commit_makes_the_session() {
    CommitOutcome outcome =
        sessions.commit(SessionCommit.to("s", 0).append(NewEvent.of("user", "hello")));

    assertThat(outcome).isEqualTo(new Committed(1, 1, 1, List.of(), false));
    assertThat(sessions.find("s"))
        .contains(new Session("s", 1, 1, "", ManualClock.START, ManualClock.START));
    assertThat(sessions.history("s"))
        .containsExactly(new SessionEvent("s", 1, 0, null, "user", "hello", ManualClock.START));
  }

  @Test
  void a_commit_adds_one_to_the_revision_however_many_events() {
    commit(SessionCommit.to("s", 0).append(event("a"), event("b"), event("c")));

    Committed second = commit(SessionCommit.to("s", 1).append(event("d"), event("e")));

    assertThat(second).isEqualTo(new Committed(2, 4, 5, List.of(), false));
  }

  @Test
  void events_form_a_chain_from_the_leaf() {
    commit(SessionCommit.to("s", 0).append(event("a"), event("b")));
    commit(SessionCommit.to("s", 1).append(event("c")).append(List.of(event("d"))));

    assertThat(sessions.events("s", 0, 10))
        .extracting(SessionEvent::seq, SessionEvent::parentSeq, SessionEvent::payload)
        .containsExactly(
            tuple(1L, 0L, "a"), tuple(2L, 1L, "b"), tuple(3L, 2L, "c"), tuple(4L, 3L, "d"));
  }

  @Test
  void another_parent_starts_a_branch() {
    commit(SessionCommit.to("s", 0).append(event("a"), event("b"), event("c")));

    commit(SessionCommit.to("s", 1).parent(1).append(event("d"), event("e")));

    assertThat(payloads()).containsExactly("a", "d", "e");
    assertThat(sessions.find("s").orElseThrow().leafSeq()).isEqualTo(5);
  }

  @Test
  void parent_0_starts_a_new_root() {
    commit(SessionCommit.to("s", 0).append(event("a")));

    commit(SessionCommit.to("s", 1).parent(0).append(event("b")));

    assertThat(payloads()).containsExactly("b");
  }

  @Test
  void a_new_session_may_name_parent_0() {
    commit(SessionCommit.to("s", 0).parent(0).append(event("a")));

    assertThat(payloads()).containsExactly("a");
  }

  @Test
  void without_events_a_parent_only_moves_the_leaf() {
    commit(SessionCommit.to("s", 0).append(event("a"), event("b")));

    Committed moved = commit(SessionCommit.to("s", 1).parent(1));

    assertThat(moved).isEqualTo(new Committed(2, 3, 2, List.of(), false));
    assertThat(payloads()).containsExactly("a");
    commit(SessionCommit.to("s", 2).parent(0));
    assertThat(payloads()).isEmpty();
    commit(SessionCommit.to("s", 3).append(event("c")));
    assertThat(sessions.events("s", 2, 10)).extracting(SessionEvent::parentSeq).containsExactly(0L);
  }

  @Test
  void a_commit_may_be_empty() {
    assertThat(commit(SessionCommit.to("s", 0)))
        .isEqualTo(new Committed(1, 1, 0, List.of(), false));
    assertThat(commit(SessionCommit.to("s", 1)))
        .isEqualTo(new Committed(2, 1, 0, List.of(), false));
    assertThat(sessions.load("s").orElseThrow().history()).isEmpty();
  }

  @Test
  void the_state_stays_until_it_is_set_again() {
    commit(SessionCommit.to("s", 0).append(event("a")));
    assertThat(sessions.find("s").orElseThrow().state()).isEmpty();

    commit(SessionCommit.to("s", 1).state("thinking"));
    commit(SessionCommit.to("s", 2).append(event("b")));
    assertThat(sessions.find("s").orElseThrow().state()).isEqualTo("thinking");

    commit(SessionCommit.to("s", 3).state(""));
    assertThat(sessions.find("s").orElseThrow().state()).isEmpty();
  }

  @Test
  void the_head_knows_when_it_was_made_and_moved() {
    commit(SessionCommit.to("s", 0));
    clock.advance(Duration.ofMillis(1500));
    commit(SessionCommit.to("s", 1).append(event("a")));

    Loaded loaded = sessions.load("s").orElseThrow();

    assertThat(loaded.session().createdAt()).isEqualTo(ManualClock.START);
    assertThat(loaded.session().updatedAt()).isEqualTo(ManualClock.START.plusMillis(1500));
    assertThat(loaded.history().get(0).at()).isEqualTo(ManualClock.START.plusMillis(1500));
  }

  @Test
  void an_event_is_found_by_the_id_it_was_given() {
    commit(SessionCommit.to("s", 0).append(event("a"), event("b").withId("call-1")));
    commit(SessionCommit.to("t", 0).append(event("other").withId("call-1")));

    assertThat(sessions.eventById("s", "call-1").orElseThrow().payload()).isEqualTo("b");
    assertThat(sessions.eventById("s", "call-2")).isEmpty();
  }

  private Committed commit(SessionCommit commit) {
    return sessions.commit(commit).orThrow();
  }

  private List<String> payloads() {
    return sessions.history("s").stream().map(SessionEvent::payload).toList();
  }

  private static NewEvent event(String payload) {
    return NewEvent.of("message", payload);
  }
}

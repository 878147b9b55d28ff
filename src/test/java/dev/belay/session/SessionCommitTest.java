package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.queue.Enqueued;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The values of a commit, before any store sees them. */
class SessionCommitTest {
  private static final SessionCommit EMPTY = SessionCommit.to("s", 0);

  @Test
  void every_method_leaves_its_commit_as_it_was() {
    SessionCommit commit = EMPTY.append(NewEvent.of("t", "1"));

    SessionCommit changed =
        commit.operation("op").parent(1).append(NewEvent.of("t", "2")).state("x");

    assertThat(commit.operationId()).isNull();
    assertThat(commit.parentSeq()).isNull();
    assertThat(commit.state()).isNull();
    assertThat(commit.events()).hasSize(1);
    assertThat(changed.events()).extracting(NewEvent::payload).containsExactly("1", "2");
    assertThat(changed.operationId()).isEqualTo("op");
    assertThat(changed.parentSeq()).isEqualTo(1);
    assertThat(changed.state()).isEqualTo("x");
  }

  @Test
  void a_list_of_events_is_copied() {
    List<NewEvent> events = new ArrayList<>(List.of(NewEvent.of("t", "1")));
    SessionCommit commit = EMPTY.append(events);

    events.clear();

    assertThat(commit.events()).hasSize(1);
  }

  @Test
  void negative_revisions_and_parents_are_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> SessionCommit.to("s", -1));
    assertThatIllegalArgumentException().isThrownBy(() -> EMPTY.parent(-1));
  }

  @Test
  void an_event_id_comes_once_in_a_commit() {
    NewEvent event = NewEvent.of("t", "p").withId("e");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> EMPTY.append(event, event))
        .withMessage("event id comes twice in one commit: e");
    assertThatIllegalArgumentException().isThrownBy(() -> EMPTY.append(event).append(event));
    assertThat(EMPTY.append(NewEvent.of("t", "p"), NewEvent.of("t", "p")).events()).hasSize(2);
  }

  @Test
  void a_commit_has_a_bounded_number_of_events() {
    NewEvent event = NewEvent.of("t", "p");
    SessionCommit full = EMPTY.append(Collections.nCopies(SessionCommit.EVENTS_MAX, event));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> full.append(event))
        .withMessage("a commit has at most 100000 events: 100001");
  }

  @Test
  void what_is_logged_of_a_commit_holds_no_payload_and_no_state() {
    NewEvent event = NewEvent.of("user", "secret").withId("e1");

    assertThat(event).hasToString("NewEvent[type=user, eventId=e1]");
    assertThat(EMPTY.operation("op").append(event).state("secret"))
        .hasToString("SessionCommit[sessionId=s, expectedRevision=0, operationId=op, events=1]");
  }

  @Test
  void a_commit_that_happened_is_its_own_answer() {
    Committed committed = new Committed(1, 1, 1, List.of(new Enqueued.Added(7)), false);

    assertThat(committed.orThrow()).isSameAs(committed);
    assertThat(committed.committed()).containsSame(committed);
  }

  @Test
  void a_refusal_is_thrown_with_ids_and_revisions() {
    assertRefused(new SessionDeleted("s"), "commit refused: session s was deleted");
    assertRefused(
        new OperationConflict("op"),
        "commit refused: operation op was committed with other content");
    assertRefused(new RevisionConflict(3, 4), "commit refused: expected revision 3, found 4");
    assertRefused(new UnknownParent(9), "commit refused: there is no event 9 to continue from");
    assertRefused(new DuplicateEvent("e", 2), "commit refused: event id e belongs to event 2");
  }

  private static void assertRefused(CommitOutcome refusal, String message) {
    assertThat(refusal.committed()).isEmpty();
    assertThatExceptionOfType(CommitRefusedException.class)
        .isThrownBy(refusal::orThrow)
        .withMessage(message)
        .satisfies(e -> assertThat(e.outcome()).isSameAs(refusal));
  }
}

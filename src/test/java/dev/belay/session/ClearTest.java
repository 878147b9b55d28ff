package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import dev.belay.store.TxOutcome;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a cleared session is as one that does not exist, until the next commit makes it as new, but
 * that revision and seq go on. Its old rows may still be there: a row of the application holds
 * them.
 */
@OnEachForm
class ClearTest {
  private static final Duration TTL = Duration.ofMinutes(1);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();

  private final ManualClock clock = store.clock;
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    store.execute(
        "CREATE TABLE hold (no BIGINT, seq BIGINT, FOREIGN KEY (no, seq)"
            + " REFERENCES belay_session_event (session_no, seq))");
    belay = store.belay();
    sessions = belay.sessions();
  }

  private void reopen() {
    belay = store.reopen();
    sessions = belay.sessions();
  }

  @Test
  void a_cleared_session_is_absent_to_every_reader() {
    make("s");

    assertThat(sessions.clear("s")).isTrue();

    assertAbsent("s");
    belay.useRead(
        tx -> {
          assertThat(sessions.find(tx, "s")).isEmpty();
          assertThat(sessions.load(tx, "s")).isEmpty();
        });
  }

  @Test
  void only_a_session_that_was_made_and_not_deleted_can_be_cleared() {
    assertThat(sessions.clear("unknown")).isFalse();
    make("s");
    sessions.delete("s");

    assertThat(sessions.clear("s")).isFalse();
    assertThat(sessions.commit(SessionCommit.to("unknown", 0)).committed())
        .map(Committed::revision)
        .contains(1L);
    assertThat(sessions.commit(SessionCommit.to("s"))).isEqualTo(new SessionDeleted("s"));
  }

  @Test
  void the_next_commit_makes_it_as_new_and_revision_and_seq_go_on() {
    make("s");
    sessions.clear("s");
    clock.advance(Duration.ofHours(1));

    Committed again = sessions.commit(SessionCommit.to("s", 0).append(event("new"))).orThrow();

    assertThat(again).isEqualTo(new Committed(5, 4, 4, List.of(), false));
    assertThat(sessions.find("s"))
        .contains(new Session("s", 5, 4, "", clock.instant(), clock.instant()));
    assertThat(sessions.history("s")).extracting(SessionEvent::payload).containsExactly("new");
    assertThat(sessions.history("s").get(0).parentSeq()).isZero();
    assertThat(sessions.events("s", 0, 10)).extracting(SessionEvent::seq).containsExactly(4L);
    assertThat(sessions.events("s", 2, 10)).extracting(SessionEvent::seq).containsExactly(4L);
    assertThat(sessions.history("s", 4, 10)).isEmpty();
    assertThat(sessions.eventById("s", "e1")).isEmpty();
    assertThat(sessions.list(null, 10)).extracting(SessionLine::id).containsExactly("s");
    assertThat(sessions.listIdle(Instant.MAX, null, 10)).hasSize(1);
  }

  @Test
  void a_writer_from_before_is_refused_by_its_revision() {
    make("s");
    sessions.clear("s");

    for (long before = 1; before < 6; before++) {
      assertThat(sessions.commit(SessionCommit.to("s", before)))
          .isEqualTo(new RevisionConflict(before, 0));
    }
    sessions.commit(SessionCommit.to("s", 0)).orThrow();
    for (long before = 0; before < 5; before++) {
      assertThat(sessions.commit(SessionCommit.to("s", before)))
          .isEqualTo(new RevisionConflict(before, 5));
    }
  }

  @Test
  void a_commit_to_the_head_makes_it_again() {
    make("s");
    sessions.clear("s");

    assertThat(sessions.commit(SessionCommit.to("s").append(event("a"))).orThrow().revision())
        .isEqualTo(5);
  }

  @Test
  void events_from_before_are_no_parents() {
    make("s");
    sessions.clear("s");

    for (long seq = 1; seq <= 4; seq++) {
      assertThat(sessions.commit(SessionCommit.to("s", 0).parent(seq)))
          .isEqualTo(new UnknownParent(seq));
    }
    sessions.commit(SessionCommit.to("s", 0).parent(0).append(event("a"))).orThrow();
    assertThat(sessions.commit(SessionCommit.to("s").parent(3))).isEqualTo(new UnknownParent(3));
    assertThat(sessions.commit(SessionCommit.to("s").parent(4)).committed()).isPresent();
  }

  @Test
  void ids_of_events_from_before_are_free_again() {
    make("s");
    sessions.clear("s");

    sessions
        .commit(SessionCommit.to("s", 0).append(event("a").withId("e1"), event("b").withId("new")))
        .orThrow();

    assertThat(sessions.eventById("s", "e1").map(SessionEvent::seq)).contains(4L);
    assertThat(sessions.commit(SessionCommit.to("s").append(event("c").withId("e1"))))
        .isEqualTo(new DuplicateEvent("e1", 4));
    assertThat(store.rows("SELECT count(*) FROM belay_session_event")).containsExactly("5");
  }

  @Test
  void operations_from_before_may_be_used_again_and_a_replay_begins_anew() {
    SessionCommit first = SessionCommit.to("s", 0).operation("hello").append(event("hello"));
    sessions.commit(first).orThrow();
    hold();
    sessions.clear("s");

    Committed again = sessions.commit(first).orThrow();

    assertThat(again).isEqualTo(new Committed(3, 2, 2, List.of(), false));
    assertThat(sessions.commit(first).orThrow().replayed()).isTrue();
    hold();
    sessions.clear("s");
    assertThat(
            sessions
                .commit(SessionCommit.to("s").operation("hello").append(event("another")))
                .orThrow()
                .replayed())
        .isFalse();
  }

  @Test
  void an_operation_without_events_is_new_after_each_clear() {
    SessionCommit empty = SessionCommit.to("s").operation("op");
    for (int i = 0; i < 3; i++) {
      assertThat(sessions.commit(empty).orThrow().replayed()).isFalse();
      assertThat(sessions.commit(empty).orThrow().replayed()).isTrue();
      assertThat(sessions.clear("s")).isTrue();
    }
  }

  @Test
  void claims_and_leases_are_left_alone() {
    make("s");
    belay.queue("q").enqueue(NewWork.of("w"));
    Claim claim = belay.queue("q").claim("w", TTL).orElseThrow();
    Lease lease = ((Granted) belay.leases().acquire("l", "me", TTL)).lease();

    sessions.clear("s");

    assertThat(
            sessions
                .commit(SessionCommit.to("s").fencedBy(lease).complete(claim).append(event("a")))
                .committed())
        .isPresent();
  }

  @Test
  void a_clear_that_is_rolled_back_has_not_happened() {
    make("s");

    boolean cleared = belay.tx().writeFlow(tx -> TxOutcome.rollback(sessions.clear(tx, "s")));

    assertThat(cleared).isTrue();
    assertThat(sessions.history("s")).hasSize(3);
    assertThat(sessions.commit(SessionCommit.to("s", 3)).committed()).isPresent();
  }

  @Test
  void clear_and_commit_go_together_in_one_transaction() {
    make("s");

    Committed again =
        belay
            .tx()
            .<Committed, RuntimeException>write(
                tx -> {
                  sessions.clear(tx, "s");
                  return sessions
                      .commit(tx, SessionCommit.to("s", 0).append(event("a").withId("e1")))
                      .orThrow();
                });

    assertThat(again.revision()).isEqualTo(5);
    assertThat(sessions.history("s")).hasSize(1);
  }

  @Test
  void a_cleared_session_can_be_deleted_and_then_its_id_is_burnt() {
    make("s");
    sessions.clear("s");

    assertThat(sessions.delete("s")).isTrue();
    assertThat(sessions.delete("s")).isFalse();
    assertThat(sessions.commit(SessionCommit.to("s", 0))).isEqualTo(new SessionDeleted("s"));
  }

  @Test
  @NeedsSharing
  void clearing_outlives_a_restart() {
    make("s");
    sessions.clear("s");
    belay.close();
    reopen();

    assertAbsent("s");
    assertThat(sessions.commit(SessionCommit.to("s", 0)).orThrow().revision()).isEqualTo(5);
  }

  private void assertAbsent(String id) {
    assertThat(sessions.find(id)).isEmpty();
    assertThat(sessions.load(id)).isEmpty();
    assertThat(sessions.history(id)).isEmpty();
    assertThat(sessions.history(id, 2)).isEmpty();
    assertThat(sessions.history(id, Long.MAX_VALUE, 2)).isEmpty();
    assertThat(sessions.events(id, 0, 10)).isEmpty();
    assertThat(sessions.eventById(id, "e1")).isEmpty();
    assertThat(sessions.list(null, 10)).isEmpty();
    assertThat(sessions.listIdle(Instant.MAX, null, 10)).isEmpty();
  }

  /** Three events, revision 3, a state, an operation. */
  private void make(String id) {
    sessions
        .commit(
            SessionCommit.to(id, 0)
                .append(event("1").withId("e1"), event("2").withId("e2"))
                .state("state"))
        .orThrow();
    sessions.commit(SessionCommit.to(id, 1).operation("op").append(event("3"))).orThrow();
    sessions.commit(SessionCommit.to(id, 2)).orThrow();
    hold();
  }

  /** Keeps the rows of all events that are there; what is kept already stays so meanwhile. */
  private void hold() {
    store.execute(
        """
        INSERT INTO hold
        SELECT session_no, seq FROM belay_session_event
        WHERE NOT EXISTS (SELECT 1 FROM hold WHERE no = session_no AND hold.seq = belay_session_event.seq)
        """);
  }

  private static NewEvent event(String payload) {
    return NewEvent.of("message", payload);
  }
}

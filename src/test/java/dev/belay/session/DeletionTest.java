package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.store.TxOutcome;
import dev.belay.testing.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A deleted id is burnt at once, its rows go afterwards. */
@OnEachForm
class DeletionTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    belay = store.belay();
    sessions = belay.sessions();
  }

  private void reopen() {
    belay = store.reopen();
    sessions = belay.sessions();
  }

  @Test
  void a_deleted_session_is_unknown_to_readers() {
    make("s", 3, 1);

    assertThat(sessions.delete("s")).isTrue();

    assertThat(sessions.find("s")).isEmpty();
    assertThat(sessions.load("s")).isEmpty();
    assertThat(sessions.history("s")).isEmpty();
    assertThat(sessions.events("s", 0, 10)).isEmpty();
    assertThat(sessions.eventById("s", "e1")).isEmpty();
    assertThat(sessions.list(null, 10)).isEmpty();
  }

  @Test
  void readers_know_nothing_of_it_while_its_rows_are_still_there() {
    make("s", 3, 1);

    belay.useWrite(tx -> tx.attach(UnfreedDao.class).burn("s", 1));

    assertThat(rows()).isPositive();
    assertThat(sessions.find("s")).isEmpty();
    assertThat(sessions.history("s")).isEmpty();
    assertThat(sessions.events("s", 0, 10)).isEmpty();
    assertThat(sessions.eventById("s", "e1")).isEmpty();
    assertThat(sessions.list(null, 10)).isEmpty();
  }

  @Test
  @NeedsSharing
  void its_id_is_never_usable_again() {
    make("s", 1, 1);
    sessions.delete("s");
    belay.close();
    reopen();

    assertThat(sessions.commit(SessionCommit.to("s", 0))).isEqualTo(new SessionDeleted("s"));
    assertThat(sessions.commit(SessionCommit.to("s", 1))).isEqualTo(new SessionDeleted("s"));
    assertThat(sessions.commit(SessionCommit.to("s", 0).operation("op0")))
        .isEqualTo(new SessionDeleted("s"));
  }

  @Test
  void only_the_first_deletion_says_true() {
    make("s", 1, 0);

    assertThat(sessions.delete("s")).isTrue();
    assertThat(sessions.delete("s")).isFalse();
  }

  @Test
  void an_unknown_id_is_not_burnt() {
    assertThat(sessions.delete("s")).isFalse();
    assertThat(sessions.commit(SessionCommit.to("s", 0)).committed()).isPresent();
  }

  @Test
  void a_deletion_that_is_rolled_back_has_not_happened() {
    make("s", 3, 0);

    boolean deleted = belay.tx().writeFlow(tx -> TxOutcome.rollback(sessions.delete(tx, "s")));

    assertThat(deleted).isTrue();
    assertThat(sessions.history("s")).hasSize(3);
    assertThat(sessions.delete("s")).isTrue();
  }

  @Test
  @NeedsSharing
  void its_rows_are_freed_and_no_others() {
    make("s", 1_200, 3);
    make("t", 5, 2);
    long others = rows() - 1_200 - 3 - 1;

    sessions.delete("s");

    awaitRows(others);
    assertThat(sessions.history("t")).hasSize(5);
    belay.close(); // waits until that is noted too
    assertThat(unfreed()).isZero();
    reopen();
  }

  private void make(String id, int events, int receipts) {
    List<NewEvent> all = new ArrayList<>();
    for (int i = 1; i <= events; i++) {
      all.add(NewEvent.of("message", "event " + i).withId("e" + i));
    }
    sessions.commit(SessionCommit.to(id, 0).append(all).state("x")).orThrow();
    belay.useWrite(
        tx -> {
          for (int i = 0; i < receipts; i++) {
            sessions.commit(tx, SessionCommit.to(id, i + 1).operation("op" + i)).orThrow();
          }
        });
  }

  private void awaitRows(long expected) {
    Patience patience = Patience.begin();
    for (long left = rows(); left != expected; left = rows()) {
      long present = left;
      patience.check(() -> "rows left: " + present);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  /** Rows that hang on sessions. */
  private long rows() {
    return Long.parseLong(
        one(
            "SELECT (SELECT count(*) FROM belay_session_event)"
                + " + (SELECT count(*) FROM belay_session_receipt)"
                + " + (SELECT count(*) FROM belay_session_state)"));
  }

  private String one(String query) {
    return store.rows(query).get(0);
  }

  private long unfreed() {
    return Long.parseLong(one("SELECT count(*) FROM belay_session_unfreed"));
  }
}

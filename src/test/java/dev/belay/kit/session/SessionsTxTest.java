package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.store.Tx;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every verb in a transaction of the caller's. */
@OnEachForm
class SessionsTxTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open_with_a_session() {
    belay = store.belay();
    sessions = belay.sessions();
    sessions
        .commit(SessionCommit.to("s", 0).append(NewEvent.of("t", "p").withId("e")).state("x"))
        .orThrow();
  }

  @Test
  void readers_answer_alike_alone_in_a_read_and_in_a_write() {
    List<Object> alone =
        List.of(
            sessions.find("s"),
            sessions.load("s"),
            sessions.history("s"),
            sessions.history("s", 1),
            sessions.history("s", 9, 1),
            sessions.listIdle(Instant.MAX, null, 1),
            sessions.events("s", 0, 1),
            sessions.eventById("s", "e"),
            sessions.list(null, 1));

    assertThat(belay.read(this::readings)).isEqualTo(alone);
    assertThat(belay.write(this::readings)).isEqualTo(alone);
    assertThat(belay.tx().call(this::readings)).isEqualTo(alone);
  }

  @Test
  void readers_in_a_write_see_what_it_has_written() {
    String state =
        belay.write(
            tx -> {
              sessions.commit(tx, SessionCommit.to("s", 1).state("y")).orThrow();
              return sessions.find(tx, "s").orElseThrow().state();
            });

    assertThat(state).isEqualTo("y");
  }

  @Test
  void two_commits_in_one_transaction_are_two_revisions() {
    belay.useWrite(
        tx -> {
          sessions.commit(tx, SessionCommit.to("s", 1)).orThrow();
          sessions.commit(tx, SessionCommit.to("s", 2)).orThrow();
        });

    assertThat(sessions.find("s").orElseThrow().revision()).isEqualTo(3);
  }

  @Test
  void an_exception_undoes_the_commit() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      sessions.commit(tx, SessionCommit.to("s", 1)).orThrow();
                      throw new IllegalStateException("changed my mind");
                    }))
        .withMessage("changed my mind");
    assertThat(sessions.find("s").orElseThrow().revision()).isEqualTo(1);
  }

  @Test
  void writers_refuse_a_tx_that_cannot_write() {
    Consumer<Tx> refused =
        tx -> {
          assertThatIllegalStateException()
              .isThrownBy(() -> sessions.commit(tx, SessionCommit.to("s", 1)))
              .withMessageContaining("Sessions.commit");
          assertThatIllegalStateException()
              .isThrownBy(() -> sessions.delete(tx, "s"))
              .withMessageContaining("Sessions.delete");
        };

    belay.useRead(refused::accept);
    belay
        .tx()
        .call(
            tx -> {
              refused.accept(tx);
              return true;
            });
  }

  @Test
  void every_verb_refuses_the_tx_of_another_store() {
    try (Belay other = store.fresh()) {
      other.useWrite(
          tx -> {
            refuses("commit", () -> sessions.commit(tx, SessionCommit.to("s", 1)));
            refuses("delete", () -> sessions.delete(tx, "s"));
            refuses("clear", () -> sessions.clear(tx, "s"));
            refuses("free", () -> sessions.free(tx, 1));
            refuses("forgetOperations", () -> sessions.forgetOperations(tx, "s", Instant.MAX));
            refuses("listIdle", () -> sessions.listIdle(tx, Instant.MAX, null, 1));
            refuses("history", () -> sessions.history(tx, "s", 9, 1));
            refuses("find", () -> sessions.find(tx, "s"));
            refuses("load", () -> sessions.load(tx, "s"));
            refuses("history", () -> sessions.history(tx, "s"));
            refuses("history", () -> sessions.history(tx, "s", 1));
            refuses("events", () -> sessions.events(tx, "s", 0, 1));
            refuses("eventById", () -> sessions.eventById(tx, "s", "e"));
            refuses("list", () -> sessions.list(tx, null, 1));
          });
    }
  }

  @Test
  void a_verb_without_a_tx_is_refused_inside_a_body() {
    belay.useWrite(
        tx -> {
          assertThatIllegalStateException().isThrownBy(() -> sessions.find("s"));
          assertThatIllegalStateException()
              .isThrownBy(() -> sessions.commit(SessionCommit.to("s", 1)));
        });
  }

  private List<Object> readings(Tx tx) {
    return List.of(
        sessions.find(tx, "s"),
        sessions.load(tx, "s"),
        sessions.history(tx, "s"),
        sessions.history(tx, "s", 1),
        sessions.history(tx, "s", 9, 1),
        sessions.listIdle(tx, Instant.MAX, null, 1),
        sessions.events(tx, "s", 0, 1),
        sessions.eventById(tx, "s", "e"),
        sessions.list(tx, null, 1));
  }

  private static void refuses(String verb, Runnable call) {
    assertThatIllegalArgumentException()
        .isThrownBy(call::run)
        .withMessageContaining("Sessions." + verb);
  }
}

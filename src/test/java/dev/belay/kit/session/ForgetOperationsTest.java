package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.store.TxOutcome;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: receipts of operations from before a time go, and no others. */
@OnEachForm
class ForgetOperationsTest {
  /** Many times the number that any engine forgets in one transaction. */
  private static final int OPERATIONS = 8_006;

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
  void an_operation_that_is_sent_again_after_that_is_a_new_commit() {
    operation("s", "old");
    Instant later = clock.advance(Duration.ofDays(1));
    operation("s", "new");
    operation("t", "old");

    assertThat(sessions.forgetOperations("s", ManualClock.START)).isZero();
    assertThat(sessions.forgetOperations("s", later)).isEqualTo(1);
    assertThat(sessions.forgetOperations("s", later)).isZero();

    assertThat(operation("s", "new")).isTrue();
    assertThat(operation("t", "old")).isTrue();
    assertThat(operation("s", "old")).isFalse();
    assertThat(operation("s", "old")).isTrue();
    assertThat(sessions.history("s")).hasSize(3);
  }

  @Test
  void the_time_itself_is_not_before_it() {
    operation("s", "op");

    assertThat(sessions.forgetOperations("s", ManualClock.START)).isZero();
    assertThat(sessions.forgetOperations("s", ManualClock.START.plusNanos(1))).isEqualTo(1);
  }

  @Test
  void thousands_go_though_a_transaction_takes_a_bounded_number() {
    belay.useWrite(
        tx -> {
          for (int i = 0; i < OPERATIONS - 1; i++) {
            sessions
                .commit(tx, SessionCommit.to("s").operation("op" + i).append(event()))
                .orThrow();
          }
        });
    operation("s", "z");

    int some =
        belay
            .tx()
            .writeFlow(tx -> TxOutcome.rollback(sessions.forgetOperations(tx, "s", Instant.MAX)));
    assertThat(some).isEqualTo(OPERATIONS);
    assertThat(sessions.forgetOperations("s", Instant.MAX)).isEqualTo(OPERATIONS);
    assertThat(sessions.forgetOperations("s", Instant.MAX)).isZero();
  }

  @Test
  void of_a_session_that_cannot_be_seen_there_are_none() {
    operation("s", "op");
    operation("t", "op");
    sessions.clear("s");
    sessions.delete("t");

    assertThat(sessions.forgetOperations("s", Instant.MAX)).isZero();
    assertThat(sessions.forgetOperations("t", Instant.MAX)).isZero();
    assertThat(sessions.forgetOperations("unknown", Instant.MAX)).isZero();
    assertThat(sessions.forgetOperations("unknown", Instant.MIN)).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sessions.forgetOperations("", Instant.MAX));
  }

  /** Whether it was answered from a receipt. */
  private boolean operation(String id, String operation) {
    return sessions
        .commit(SessionCommit.to(id).operation(operation).append(event()))
        .orThrow()
        .replayed();
  }

  private static NewEvent event() {
    return NewEvent.of("message", "same");
  }
}

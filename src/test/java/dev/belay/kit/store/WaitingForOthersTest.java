package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.StoreBusyException;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: waiting for another program ends by time, and waiting for the store's own work does not.
 */
@NullUnmarked // each test opens with the patience it needs
@OnEachForm
class WaitingForOthersTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  private void open(Duration busyTimeout) {
    belay = store.fresh(options -> options.withBusyTimeout(busyTimeout));
    store.createNotes(belay);
  }

  @Test
  @NeedsSharing
  void a_write_that_meets_what_another_program_holds_gives_up_and_has_written_nothing()
      throws SQLException {
    belay = store.reopen(options -> options.withBusyTimeout(Duration.ofMillis(300)));
    store.createNotes();
    try (Connection other = store.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("INSERT INTO note (text) VALUES ('held')");

      Throwable busy =
          catchThrowable(
              () ->
                  belay.useWrite(
                      tx -> {
                        Notes.add(tx, "never");
                        Notes.add(tx, "held");
                      }));

      assertThat(busy).isInstanceOf(StoreBusyException.class);
      assertThat(((StoreBusyException) busy).isRetryable()).isTrue();
      other.rollback();
    }
    assertThat(store.notes()).isEmpty();
    store.checked().requireServing("another program");
  }

  @Test
  @NeedsSharing
  void a_write_waits_for_what_another_program_holds() throws Exception {
    belay = store.reopen(options -> options.withBusyTimeout(Patience.LIMIT));
    store.createNotes();
    CompletableFuture<Boolean> write;
    try (Connection other = store.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("INSERT INTO note (text) VALUES ('held')");
      write =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    Notes.add(tx, "held");
                    return true;
                  });
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> write.get(SHORT.toMillis(), TimeUnit.MILLISECONDS));
      other.rollback();
    }

    assertThat(Patience.get(write)).isTrue();
    assertThat(store.notes()).containsExactly("held");
  }

  @Test
  void waiting_behind_local_work_never_times_out() throws Exception {
    open(SHORT);
    CompletableFuture<Integer> waiting;
    try (Standstill standstill = store.standstill(belay)) {
      waiting = belay.tx().writeAsync(tx -> 1);
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> waiting.get(SHORT.multipliedBy(6).toMillis(), TimeUnit.MILLISECONDS));
      standstill.end();
    }
    assertThat(Patience.get(waiting)).isEqualTo(1);
  }

  @Test
  void bodies_for_which_others_wait_too_long_are_named_with_their_stack() throws Exception {
    open(SHORT);
    CompletableFuture<Integer> waiting;
    try (LogProbe log = LogProbe.recording();
        Standstill standstill = store.standstill(belay)) {
      waiting = belay.tx().writeAsync(tx -> 1);
      Patience.until(
          "a body is named",
          () -> log.warnings().stream().anyMatch(text -> text.contains("Standstill")));
      standstill.end();
    }
    assertThat(Patience.get(waiting)).isEqualTo(1);
  }
}

package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.Promised;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.testing.Notes;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: a body that catches the failure of its statement has all of its changes or none. */
@OnEachForm
class FailedStatementTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
    belay.useWrite(tx -> Notes.add(tx, "taken"));
  }

  @Test
  void a_body_that_catches_it_and_returns_has_all_or_is_refused_and_has_nothing() {
    Throwable refused =
        catchThrowable(
            () ->
                belay.useWrite(
                    tx -> {
                      Notes.add(tx, "before");
                      fail(tx);
                    }));

    assertThat(Notes.all(belay))
        .containsExactlyElementsOf(refused == null ? List.of("taken", "before") : List.of("taken"));
  }

  @Test
  void a_body_that_returns_to_a_savepoint_goes_on() {
    belay.useWrite(
        tx -> {
          Notes.add(tx, "before");
          tx.handle().savepoint("mine");
          Notes.add(tx, "undone");
          fail(tx);
          tx.handle().rollbackToSavepoint("mine");
          Notes.add(tx, "after");
        });

    assertThat(Notes.all(belay)).containsExactly("taken", "before", "after");
  }

  @Test
  @Promised(Promise.TRANSACTION_SURVIVES_A_FAILED_STATEMENT)
  void a_body_that_catches_it_goes_on() {
    belay.useWrite(
        tx -> {
          Notes.add(tx, "before");
          fail(tx);
          Notes.add(tx, "after");
        });

    assertThat(Notes.all(belay)).containsExactly("taken", "before", "after");
  }

  @Test
  void the_bodies_behind_it_are_not_affected() {
    assertThat(catchThrowable(() -> belay.useWrite(tx -> Notes.add(tx, "taken")))).isNotNull();

    belay.useWrite(tx -> Notes.add(tx, "after"));

    assertThat(Notes.all(belay)).containsExactly("taken", "after");
  }

  private static void fail(Tx tx) {
    assertThat(catchThrowable(() -> Notes.add(tx, "taken"))).isNotNull();
  }
}

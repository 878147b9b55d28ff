package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.testing.Notes;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: a body that ends its transaction on the driver's own connection, which {@code unwrap}
 * gives, is told so, and nobody else notices.
 */
@NullUnmarked // set up before each test
@NeedsSharing // where nobody else has access, unwrap is refused
@OnEachForm
class UnwrappedConnectionTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;
  private Class<? extends Connection> driver;

  /** What a body does with the driver's connection. Must end in an exception, there or after it. */
  interface Action {
    void run(Tx tx, Connection real) throws SQLException;
  }

  record Meddling(String name, Action action) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Meddling> meddlings() {
    return Stream.of(
        new Meddling("COMMIT", (tx, real) -> real.createStatement().execute("COMMIT")),
        new Meddling("ROLLBACK", (tx, real) -> real.createStatement().execute("ROLLBACK")),
        new Meddling("close", (tx, real) -> real.close()),
        new Meddling(
            "COMMIT, swallowed",
            (tx, real) -> {
              try {
                real.createStatement().execute("COMMIT");
                Notes.add(tx, "after");
              } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("by hand");
              }
            }));
  }

  @BeforeEach
  void open() throws SQLException {
    belay = store.belay();
    store.createNotes();
    try (Connection other = store.connect()) {
      driver = other.getClass();
    }
  }

  private Connection real(Tx tx) throws SQLException {
    return tx.handle().getConnection().unwrap(driver);
  }

  @ParameterizedTest
  @MethodSource("meddlings")
  void meddling_is_noticed_and_the_next_caller_is_unharmed(Meddling meddling) {
    assertThatIllegalStateException()
        .isThrownBy(() -> belay.useWrite(tx -> meddling.action().run(tx, real(tx))));

    belay.useWrite(tx -> Notes.add(tx, "next"));
    assertThat(store.notes()).containsExactly("next");
    store.checked().requireServing(meddling);
  }

  @Test
  void after_a_rollback_by_hand_no_further_statement_lasts() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      Statement statement = tx.handle().getConnection().createStatement();
                      real(tx).createStatement().execute("ROLLBACK");
                      statement.executeUpdate("INSERT INTO note (text) VALUES ('stray')");
                    }));
    assertThat(store.notes()).isEmpty();
  }
}

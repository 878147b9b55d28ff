package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.store.Tx;
import dev.belay.testing.Notes;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.Standstill;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.Function;

/**
 * Goal: a body whose SELECT calls a function of the application that writes has written, like any
 * other.
 */
@NullUnmarked // opened first in each test
class WritingFunctionTest {
  @TempDir Path dir;
  private Belay belay;

  private void open(boolean inMemory) {
    BelayOptions options = TestOptions.defaults().withConnection(WritingFunctionTest::register);
    belay = inMemory ? Belay.openInMemory(options) : Belay.open(dir.resolve("belay.db"), options);
    SqliteNotes.create(belay);
  }

  private static void register(Connection connection) {
    Function audit =
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            try (Statement adding = connection.createStatement()) {
              adding.executeUpdate("INSERT INTO note (text) VALUES ('audit')");
            }
            result(1);
          }
        };
    try {
      Function.create(connection, "audit", audit);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() {
    belay.close();
  }

  private static int audit(Tx tx) {
    return tx.handle().createQuery("SELECT audit()").mapTo(int.class).one();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_body_that_throws_leaves_nothing_of_it(boolean inMemory) {
    open(inMemory);

    Throwable thrown =
        catchThrowable(
            () ->
                belay.useWrite(
                    tx -> {
                      audit(tx);
                      throw new IllegalStateException("undo");
                    }));

    assertThat(thrown).hasMessage("undo");
    assertThat(Notes.all(belay)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_body_that_throws_in_a_group_takes_nobody_with_it(boolean inMemory) {
    open(inMemory);
    CompletableFuture<Integer> before;
    CompletableFuture<Integer> undone;
    CompletableFuture<Integer> after;
    Standstill standstill = Standstill.of(belay.tx());
    try (standstill) {
      before = belay.tx().writeAsync(tx -> add(tx, "before"));
      undone =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    audit(tx);
                    throw new IllegalStateException("undo");
                  });
      after = belay.tx().writeAsync(tx -> add(tx, "after"));
    }

    assertThat(before.join()).isEqualTo(1);
    assertThat(catchThrowable(undone::join)).hasRootCauseMessage("undo");
    assertThat(after.join()).isEqualTo(1);
    assertThat(Notes.all(belay)).containsExactlyInAnyOrder("before", "after");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_answer_stands_only_once_what_the_function_wrote_is_committed(boolean inMemory) {
    open(inMemory);
    CompletableFuture<Integer> audited;
    CompletableFuture<Integer> losing;
    Standstill standstill = Standstill.of(belay.tx());
    try (standstill) {
      audited = belay.tx().writeAsync(WritingFunctionTest::audit);
      losing =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    add(tx, "twice");
                    return tx.handle()
                        .execute("INSERT OR ROLLBACK INTO note (text) VALUES ('twice')");
                  });
    }

    assertThat(audited.join()).isEqualTo(1);
    assertThat(catchThrowable(losing::join)).isNotNull();
    assertThat(Notes.all(belay)).containsExactly("audit");
  }

  private static int add(Tx tx, String text) {
    Notes.add(tx, text);
    return 1;
  }
}

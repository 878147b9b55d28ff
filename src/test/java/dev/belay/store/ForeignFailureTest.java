package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.testing.Notes;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: what fails on another database that a body uses is never told as a failure of the store.
 * Method: a file that is no database, and one that another has locked, by JDBC and by JDBI, in
 * every verb.
 */
@NullUnmarked // set up before each test
@OnEachForm
class ForeignFailureTest {
  private Path dir;
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Path garbage;
  private Path locked;
  private Belay belay;

  @BeforeEach
  void open() throws Exception {
    dir = store.folder();
    belay = store.belay();
    store.createNotes();
    garbage = Files.writeString(dir.resolve("garbage.db"), "no database at all".repeat(200));
    locked = dir.resolve("locked.db");
    PlainSqlite.execute(locked, "CREATE TABLE t (x)");
  }

  @Test
  void it_reaches_the_caller_as_the_body_threw_it() throws Exception {
    try (Connection holder = PlainSqlite.connect(locked)) {
      PlainSqlite.execute(holder, "BEGIN IMMEDIATE");
      for (Path other : List.of(garbage, locked)) {
        List<TxBody<Object, Exception>> bodies = List.of(jdbc(other), jdbi(other));
        for (TxBody<Object, Exception> body : bodies) {
          TxRunner tx = belay.tx();
          requireForeign(catchThrowable(() -> tx.write(body)));
          requireForeign(catchThrowable(() -> tx.read(body)));
          requireForeign(catchThrowable(() -> tx.call(body)));
          requireForeign(catchThrowable(() -> tx.writeAsync(body).join()));
        }
      }
    }
    assertThat(Notes.all(belay)).isEmpty();
  }

  private static void requireForeign(Throwable thrown) {
    Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    assertThat(failure)
        .isInstanceOfAny(SQLException.class, JdbiException.class)
        .isNotInstanceOf(StoreException.class);
    assertThat(failure.getSuppressed()).isEmpty();
  }

  private static TxBody<Object, Exception> jdbc(Path file) {
    return tx -> {
      try (Connection other = PlainSqlite.connect(file)) {
        PlainSqlite.execute(other, "PRAGMA busy_timeout = 0");
        PlainSqlite.execute(other, "INSERT INTO t VALUES (1)");
      }
      return 1;
    };
  }

  private static TxBody<Object, Exception> jdbi(Path file) {
    return tx ->
        Jdbi.create("jdbc:sqlite:" + file + "?busy_timeout=0")
            .withHandle(handle -> handle.execute("INSERT INTO t VALUES (1)"));
  }
}

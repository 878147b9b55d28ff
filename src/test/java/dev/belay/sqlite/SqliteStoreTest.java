package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.engine.line.FaultPoints;
import dev.belay.store.StoreException;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import dev.belay.testing.TestOptions;
import dev.belay.testing.TestSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;

/** What keeps a grant alive goes first; who is cut off falls alone; files are their owner's. */
class SqliteStoreTest {
  @TempDir Path dir;
  private SqliteStore store;

  @BeforeEach
  void open() {
    store = Sqlite.open(dir.resolve("belay.db"), settings(), FaultPoints.NONE);
    store.useWrite(tx -> tx.handle().execute("CREATE TABLE t (x INTEGER PRIMARY KEY)"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void a_write_that_goes_first_overtakes_all_that_wait() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Boolean>> backlog = new ArrayList<>();
    Thread urgent = new Thread(() -> store.verbFirst(tx -> order.add("urgent")));
    try (Standstill standstill = Standstill.of(store)) {
      for (int i = 0; i < 100; i++) {
        backlog.add(store.writeAsync(tx -> order.add("backlog")));
      }
      urgent.start();
      while (urgent.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      standstill.end();
    }
    urgent.join();
    for (CompletableFuture<Boolean> one : backlog) {
      Patience.get(one);
    }

    assertThat(order.get(0)).isEqualTo("urgent");
    assertThat(order).hasSize(101);
  }

  @Test
  void a_body_whose_statement_is_cancelled_fails_and_its_neighbours_do_not() throws Exception {
    AtomicReference<@Nullable Statement> running = new AtomicReference<>();
    CountDownLatch cancelled = new CountDownLatch(1);
    CompletableFuture<Integer> before;
    CompletableFuture<Integer> culprit;
    CompletableFuture<Integer> after;
    try (Standstill standstill = Standstill.of(store)) {
      before = store.writeAsync(tx -> tx.handle().execute("INSERT INTO t VALUES (1)"));
      culprit =
          store.writeAsync(
              tx -> {
                Statement statement = tx.handle().getConnection().createStatement();
                running.set(statement);
                return statement.executeUpdate(
                    "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n)"
                        + " SELECT i FROM n");
              });
      after = store.writeAsync(tx -> tx.handle().execute("INSERT INTO t VALUES (2)"));
      standstill.end();
    }
    Thread canceller =
        new Thread(
            () -> {
              while (cancelled.getCount() > 0) {
                try {
                  Statement statement = running.get();
                  if (statement != null) {
                    statement.cancel();
                  }
                } catch (java.sql.SQLException e) {
                  return;
                }
              }
            });
    canceller.start();

    Assertions.assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> Patience.get(culprit))
        .withCauseInstanceOf(StoreException.class)
        .withMessageContaining("INTERRUPT");
    cancelled.countDown();
    canceller.join();
    assertThat(Patience.get(before)).isEqualTo(1);
    assertThat(Patience.get(after)).isEqualTo(1);
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void a_savepoint_that_cannot_be_set_is_a_failure_of_the_store() throws Exception {
    AtomicBoolean strikes = new AtomicBoolean();
    BelayOptions options =
        TestOptions.defaults().withConnection(connection -> interrupts(connection, strikes));
    try (Belay belay = Belay.open(dir.resolve("struck.db"), options)) {
      belay.useWrite(tx -> tx.handle().execute("CREATE TABLE t (x INTEGER PRIMARY KEY)"));
      CompletableFuture<Integer> before;
      CompletableFuture<Integer> struck;
      try (Standstill standstill = Standstill.of(belay.tx())) {
        before = belay.tx().writeAsync(tx -> tx.handle().execute("INSERT INTO t VALUES (1)"));
        struck =
            belay
                .tx()
                .writeAsync(
                    tx -> {
                      Statement statement = tx.handle().getConnection().createStatement();
                      strikes.set(true);
                      try {
                        return statement.executeUpdate("INSERT INTO t VALUES (2)");
                      } finally {
                        strikes.set(false);
                      }
                    });
        standstill.end();
      }

      Assertions.assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> Patience.get(struck))
          .withCauseInstanceOf(StoreException.class);
      assertThat(Patience.get(before)).isEqualTo(1);
    }
  }

  private static void interrupts(Connection connection, AtomicBoolean strikes) {
    try {
      ProgressHandler.setHandler(
          connection,
          1,
          new ProgressHandler() {
            @Override
            protected int progress() {
              return strikes.get() ? 1 : 0;
            }
          });
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void the_files_of_a_new_store_are_their_owners_alone() throws Exception {
    for (String name : List.of("belay.db", "belay.db-wal", "belay.db-shm")) {
      assertThat(Files.getPosixFilePermissions(dir.resolve(name)))
          .as(name)
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    try (var files = Files.list(dir)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith(".belay")))
          .isEmpty();
    }
  }

  @Test
  void a_file_that_is_there_keeps_its_mode() throws Exception {
    store.close();
    Path file = dir.resolve("belay.db");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    openAndClose(file);

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-rw-r--"));
  }

  @Test
  void a_link_leads_to_one_store() throws Exception {
    Path link = Files.createSymbolicLink(dir.resolve("link.db"), dir.resolve("belay.db"));
    try (SqliteStore linked = Sqlite.open(link, settings(), FaultPoints.NONE)) {
      linked.useWrite(tx -> tx.handle().execute("INSERT INTO t VALUES (1)"));
      assertThat(count()).isEqualTo(1);
    }
    assertThat(dir.resolve("link.db-wal")).doesNotExist();
  }

  private static OpenSettings settings() {
    return TestSettings.of(10_000, new ManualClock());
  }

  private static void openAndClose(Path file) {
    Sqlite.open(file, settings(), FaultPoints.NONE).close();
  }

  private int count() {
    return store.<Integer, RuntimeException>read(
        tx -> tx.handle().createQuery("SELECT count(*) FROM t").mapTo(Integer.class).one());
  }
}

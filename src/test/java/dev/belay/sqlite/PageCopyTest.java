package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.testing.PlainSqlite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;

/**
 * Goal: a copy has one state and one pass, and a cancelled one ends at once.
 *
 * <p>Method: a commit between any two steps, made by another connection.
 */
class PageCopyTest {
  @TempDir private Path folder;

  private Path store;
  private Path draft;

  @BeforeEach
  void create() throws Exception {
    store = folder.resolve("store.db");
    draft = Files.createFile(folder.resolve("draft"));
    PlainSqlite.execute(
        store,
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE t (n INTEGER NOT NULL, filler BLOB)",
        "INSERT INTO t VALUES (0, randomblob(4000000))");
  }

  @Test
  void commits_between_the_steps_neither_enter_the_copy_nor_make_it_begin_again() throws Exception {
    AtomicInteger steps = new AtomicInteger();
    try (Connection other = PlainSqlite.connect(store)) {
      int pages =
          copy(
              Access.WRITE,
              (remaining, total) -> {
                assertThat(steps.incrementAndGet()).isLessThan(1_000); // it would never end
                PlainSqlite.execute(other, "UPDATE t SET n = n + 1");
              });

      assertThat(steps.get()).isGreaterThan(2).isLessThan(pages / 128 + 2);
    }
    assertThat(PlainSqlite.row(draft, "SELECT n FROM t")).isEqualTo("0");
    assertThat(PlainSqlite.row(store, "SELECT n FROM t")).isEqualTo(steps.toString());
  }

  @Test
  void a_cancelled_copy_ends_with_the_step() throws Exception {
    RuntimeException enough = new RuntimeException("enough");
    assertThat(
            catchThrowable(
                () ->
                    copy(
                        Access.WRITE,
                        (remaining, total) -> {
                          throw enough;
                        })))
        .isSameAs(enough);

    assertThat(Files.size(draft)).isZero(); // rolled back, not copied to the end
    PlainSqlite.execute(store, "UPDATE t SET n = 1"); // the right to write is free
  }

  @Test
  void a_cancelled_copy_of_a_source_that_may_not_write_keeps_no_writer_out() {
    RuntimeException enough = new RuntimeException("enough");
    assertThat(
            catchThrowable(
                () ->
                    copy(
                        Access.READ,
                        (remaining, total) -> {
                          PlainSqlite.execute(store, "UPDATE t SET n = 1");
                          throw enough;
                        })))
        .isSameAs(enough);
  }

  private interface Step {
    void run(int remaining, int total) throws Exception;
  }

  private int copy(Access access, Step step) throws Exception {
    BackupRun run =
        new BackupRun(
            "the copy",
            Thread.currentThread(),
            (remaining, total) -> {
              try {
                step.run(remaining, total);
              } catch (RuntimeException e) {
                throw e;
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    return new PageCopy(
            () -> (SQLiteConnection) DriverManager.getConnection("jdbc:sqlite:" + store), access)
        .copy(SqliteFile.of(draft), run);
  }
}

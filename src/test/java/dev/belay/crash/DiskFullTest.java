package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreException;
import dev.belay.store.StoreFullException;
import dev.belay.store.Tx;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Commands;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.Programs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a full disk costs the write that met it, and nothing else.
 *
 * <p>Method: writes go on until there is no room, once because the database may not grow past a
 * number of pages and once because its file system is really full. Then there is room again.
 */
class DiskFullTest {
  private static final String PAYLOAD = "x".repeat(20_000);
  private static final int PAGES = 200;
  private static final int UNLIMITED_PAGES = 1_000_000_000;

  private Path directory;

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.on(SqliteEngine.FILE)
          .with(
              options ->
                  options.withConnection(
                      PlainSqlite.preparing(() -> "PRAGMA max_page_count = " + this.pagesMax)));

  private volatile int pagesMax = PAGES;
  private Belay belay;

  @BeforeEach
  void open() {
    directory = store.folder();
    belay = store.belay();
  }

  @Test
  void a_commit_without_room_fails_and_succeeds_once_there_is_room() {
    long acknowledged = fill();
    assertHolds(acknowledged);

    StoreFullException full =
        catchThrowableOfType(StoreFullException.class, () -> commit(acknowledged + 1));
    assertThat(full).hasMessageContaining("store.db");
    assertThat(full.getMessage()).doesNotContain("xxx");
    assertThat(full.isRetryable()).isTrue();
    assertHolds(acknowledged);

    limitTo(UNLIMITED_PAGES);
    commit(acknowledged + 1);
    assertHolds(acknowledged + 1);
  }

  @Test
  void of_many_writes_at_once_exactly_the_acknowledged_are_kept() throws Exception {
    List<CompletableFuture<?>> writes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String id = "run-" + i;
      writes.add(belay.tx().writeAsync(tx -> belay.sessions().commit(tx, firstOf(id)).orThrow()));
    }

    int failed = 0;
    for (int i = 0; i < writes.size(); i++) {
      CompletableFuture<?> write = writes.get(i);
      Throwable failure = catchThrowable(() -> Patience.get(write));
      if (failure != null) {
        assertThat(failure).hasCauseInstanceOf(StoreFullException.class);
        failed++;
      }
      assertThat(belay.sessions().history("run-" + i)).hasSize(failure == null ? 1 : 0);
    }
    assertThat(failed).isBetween(1, writes.size() - 1);
  }

  @Test
  void a_body_that_overlooks_the_failure_keeps_nothing_of_what_it_wrote() {
    belay.useWrite(tx -> tx.handle().execute("CREATE TABLE host (x BLOB)"));

    // SQLite rolls back by itself at the second statement. If the third were let through, it would
    // commit on its own.
    StoreFullException full =
        catchThrowableOfType(
            StoreFullException.class,
            () ->
                belay.useWrite(
                    tx -> {
                      tx.handle().execute("INSERT INTO host VALUES ('before')");
                      assertThat(catchThrowable(() -> insertTooMuch(tx)))
                          .isInstanceOf(StoreFullException.class);
                      assertThat(
                              catchThrowable(
                                  () -> tx.handle().execute("INSERT INTO host VALUES ('after')")))
                          .isInstanceOf(StoreException.class);
                    }));

    assertThat(full).isNotNull();
    assertThat(hostRows()).isZero();
    belay.useWrite(tx -> tx.handle().execute("INSERT INTO host VALUES ('next')"));
    assertThat(hostRows()).isOne();
  }

  @Test
  void a_file_system_that_fills_up_takes_nothing_acknowledged() {
    Programs.require("unshare");
    Programs.require("mount");
    List<String> onSmallFileSystem =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=8m tmpfs \"$0\" && exec \"$@\"",
            directory.toString());
    assumeTrue(
        Commands.succeeds(onSmallFileSystem, "true"),
        "needs the right to mount a file system of its own");
    ChildCommand command =
        ChildCommand.of(FillingChild.class, directory.resolve("small.db"))
            .withWrapper(onSmallFileSystem);
    try (ChildJvm child = command.start()) {
      assertThat(child.remainingLines())
          .containsExactly("full", "nothing lost", "room again", "nothing lost");
      assertThat(child.awaitExit()).isZero();
    }
  }

  /** Commits until there is no room, and returns how many commits were acknowledged. */
  private long fill() {
    for (long revision = 1; ; revision++) {
      try {
        commit(revision);
      } catch (StoreFullException e) {
        return revision - 1;
      }
    }
  }

  private void commit(long revision) {
    SessionCommit commit = SessionCommit.to("run", revision - 1);
    belay.sessions().commit(commit.append(NewEvent.of("tool", PAYLOAD))).orThrow();
  }

  private static SessionCommit firstOf(String id) {
    return SessionCommit.to(id, 0).append(NewEvent.of("tool", PAYLOAD));
  }

  private static void insertTooMuch(Tx tx) {
    tx.handle().execute("INSERT INTO host VALUES (zeroblob(20000000))");
  }

  private void assertHolds(long revision) {
    assertThat(belay.sessions().history("run"))
        .hasSize(Math.toIntExact(revision))
        .extracting(SessionEvent::payload)
        .containsOnly(PAYLOAD);
  }

  private int hostRows() {
    return belay.read(
        tx -> tx.handle().createQuery("SELECT count(*) FROM host").mapTo(Integer.class).one());
  }

  private void limitTo(int pages) {
    pagesMax = pages;
    // a body that changes its connection costs it, and the next one is prepared with the limit
    belay.useWrite(tx -> tx.handle().execute("PRAGMA cache_size = 100"));
  }
}

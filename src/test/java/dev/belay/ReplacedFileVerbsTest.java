package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.lease.Lease;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreException;
import dev.belay.store.TxOutcome;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.lang.Thread.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Goal: no verb answers from, or writes to, a file that has been put in the place of the one that
 * the store opened. Method: another store's file is moved over it; then each verb, the first on its
 * connection or a later one, and what was under way.
 */
class ReplacedFileVerbsTest {
  private static final Duration TTL = Duration.ofMinutes(1);

  /** Something that is asked of a store. */
  record Verb(String name, Consumer<Belay> ask) {
    @Override
    public String toString() {
      return name;
    }
  }

  static final List<Verb> VERBS =
      List.of(
          new Verb("read", belay -> Notes.all(belay)),
          new Verb("readAsync", belay -> belay.tx().readAsync(Notes::all).join()),
          new Verb("call", belay -> belay.tx().call(Notes::all)),
          new Verb("callAsync", belay -> belay.tx().callAsync(Notes::all).join()),
          new Verb("write", belay -> belay.write(Notes::all)),
          new Verb("writeAsync", belay -> belay.tx().writeAsync(Notes::all).join()),
          new Verb(
              "writeFlow", belay -> belay.tx().writeFlow(tx -> TxOutcome.rollback(Notes.all(tx)))),
          new Verb("find", belay -> belay.sessions().find("run")),
          new Verb("list", belay -> belay.sessions().list(null, 10)),
          new Verb(
              "commit", belay -> belay.sessions().commit(SessionCommit.to("new", 0).state("s"))),
          new Verb("acquire", belay -> belay.leases().acquire("l", "me", TTL)),
          new Verb("enqueue", belay -> belay.queue("q").enqueue(NewWork.of("w"))),
          new Verb("claim", belay -> belay.queue("q").claim("me", TTL, 1)),
          new Verb("stats", belay -> belay.queue("q").stats()));

  @TempDir private Path root;
  private Path file;
  private Path other;

  @BeforeEach
  void make_two_stores() throws IOException {
    file = Files.createDirectory(root.resolve("data")).resolve("store.db");
    other = root.resolve("other.db");
    for (Path made : List.of(file, other)) {
      try (Belay belay = Belay.open(made, TestOptions.defaults())) {
        SqliteNotes.create(belay);
        belay.useWrite(tx -> Notes.add(tx, "of " + made.getFileName()));
        belay.queue("q").enqueue(NewWork.of("of " + made.getFileName()));
      }
    }
  }

  /** As one restores a backup, but that a store has the file open. */
  private void replace() throws IOException {
    Files.delete(file.resolveSibling("store.db-wal"));
    Files.delete(file.resolveSibling("store.db-shm"));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    long moved = System.nanoTime();
    // the writer does not look twice in a millisecond
    Patience.until("two milliseconds are over", () -> System.nanoTime() - moved > 2_000_000);
  }

  @ParameterizedTest
  @FieldSource("VERBS")
  void no_verb_answers_from_the_other_file(Verb verb) throws Exception {
    for (boolean usedBefore : new boolean[] {false, true}) {
      if (usedBefore) {
        make_two_stores_again();
      }
      try (Belay belay = Belay.open(file, TestOptions.defaults())) {
        if (usedBefore) {
          verb.ask.accept(belay);
        }
        replace();
        for (int i = 0; i < 2; i++) {
          requireRefused(catchThrowable(() -> verb.ask.accept(belay)));
        }
      }
      try (Belay belay = Belay.open(file, TestOptions.defaults())) {
        assertThat(Notes.all(belay)).containsExactly("of other.db");
        assertThat(belay.sessions().list(null, 10)).isEmpty();
      }
    }
  }

  private void make_two_stores_again() throws IOException {
    for (Path made :
        List.of(file, file.resolveSibling("store.db-wal"), file.resolveSibling("store.db-shm"))) {
      Files.deleteIfExists(made);
    }
    Files.delete(file.getParent());
    make_two_stores();
  }

  @Test
  void no_backup_is_made_of_the_other_file() throws Exception {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      replace();

      requireRefused(catchThrowable(() -> belay.backup(root.resolve("copy.db"))));
    }
    assertThat(root.resolve("copy.db")).doesNotExist();
  }

  @Test
  void a_call_that_was_under_way_is_not_told_that_it_wrote() throws Exception {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      Throwable refused =
          catchThrowable(
              () ->
                  belay
                      .tx()
                      .call(
                          tx -> {
                            replace();
                            Notes.add(tx, "nowhere");
                            return 1;
                          }));

      requireRefused(refused);
    }
  }

  @Test
  void a_connection_that_is_opened_as_the_file_is_replaced_is_not_used() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    CountDownLatch replaced = new CountDownLatch(1);
    BelayOptions options =
        TestOptions.defaults()
            .withConnection(
                connection -> {
                  if (opened.incrementAndGet() == 2) { // the first that reads
                    try {
                      replace();
                      replaced.countDown();
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  }
                });
    try (Belay belay = Belay.open(file, options)) {
      requireRefused(catchThrowable(() -> Notes.all(belay)));
      Patience.await(replaced);
    }
  }

  @Test
  void who_waits_for_work_learns_of_it_though_nothing_is_committed() throws Exception {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      AtomicReference<Throwable> refused = new AtomicReference<>();
      WorkQueue empty = belay.queue("empty");
      Duration wait = Duration.ofDays(1);
      Thread waiting =
          new Thread(() -> refused.set(catchThrowable(() -> empty.claim("me", TTL, 1, wait))));
      waiting.start();
      Patience.until(
          "the claim waits",
          () -> EnumSet.of(State.WAITING, State.TIMED_WAITING).contains(waiting.getState()));
      replace();

      Patience.join(waiting);
      requireRefused(refused.get());
    }
  }

  @Test
  void a_worker_completes_nothing_in_the_other_file() throws Exception {
    CountDownLatch handling = new CountDownLatch(1);
    CountDownLatch moved = new CountDownLatch(1);
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      Worker worker =
          belay
              .queue("q")
              .worker(
                  (claim, context) -> {
                    handling.countDown();
                    Patience.await(moved);
                  })
              .start();
      Patience.await(handling);
      replace();
      moved.countDown();
      worker.close();
    }
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      assertThat(belay.queue("q").claim("me", TTL, 10)).hasSize(1);
    }
  }

  @Test
  void a_keeper_holds_no_lease_in_the_other_file() throws Exception {
    CountDownLatch lost = new CountDownLatch(1);
    Duration ttl = Duration.ofSeconds(2);
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      Lease lease = belay.leases().acquire("l", "me", ttl).granted().orElseThrow();
      var keeper = belay.leases().keep(lease, ttl, unused -> lost.countDown());
      replace();

      Patience.await(lost);
      assertThat(keeper.isHeld()).isFalse();
    }
  }

  private static void requireRefused(Throwable thrown) {
    Throwable refused = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    assertThat(refused)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("deleted, moved or replaced");
  }
}

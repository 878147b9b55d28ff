package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreInterruptedException;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.Standstill;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a backup is a whole store under its name, or there is nothing.
 *
 * <p>Method: backups of a store of some hundred pages, cancelled in every way, with a look at the
 * folder afterwards. What is refused before anything is copied: {@code BackupTargetTest}.
 */
class BackupTest {
  private static final int SESSIONS = 50;

  private Path folder;
  @RegisterExtension final StoreExtension store = StoreExtension.on(SqliteEngine.FILE);

  private Path target;
  private Belay belay;

  @BeforeEach
  void open() {
    folder = store.folder();
    target = folder.resolve("copies").resolve("copy.db");
    makeFolder(target);
    belay = store.belay();
    fill(belay);
  }

  @Test
  void a_backup_holds_what_was_acknowledged_and_is_a_store_like_any_other() throws Exception {
    belay.backup(target);

    assertThat(files()).containsExactly("copy.db");
    commit(belay, "later");
    assertHoldsAll(target);
    assertThat(PlainSqlite.row(target, "PRAGMA integrity_check")).isEqualTo("ok");
    try (Belay copy = Belay.open(target, TestOptions.defaults())) {
      assertThat(copy.sessions().find("later")).isEmpty();
      commit(copy, "elsewhere");
    }
    assertThat(belay.sessions().find("elsewhere")).isEmpty();
  }

  @Test
  void a_backup_and_its_sidecars_are_for_their_owner_alone() throws IOException {
    belay.backup(target, (remaining, total) -> assertOwnerOnly());

    assertOwnerOnly();
    try (Belay copy = Belay.open(target, TestOptions.defaults())) {
      commit(copy, "more");
      assertThat(files()).contains("copy.db-wal", "copy.db-shm");
      assertOwnerOnly();
    }
  }

  @Test
  void progress_falls_to_nothing_and_the_total_stays() {
    List<Integer> seen = new ArrayList<>();
    List<Integer> totals = new ArrayList<>();

    belay.backup(
        target,
        (remaining, total) -> {
          assertThat(Thread.currentThread().getName()).doesNotStartWith("belay-");
          commit(belay, "meanwhile-" + seen.size()); // it may use the store
          assertThat(seen.size()).isLessThan(1_000); // beginning again and again
          seen.add(remaining);
          totals.add(total);
        });

    assertThat(seen).hasSizeGreaterThan(2).isSortedAccordingTo((a, b) -> b - a).endsWith(0);
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(totals).containsOnly(totals.get(0)).allMatch(total -> total > seen.get(0));
  }

  @Test
  void a_backup_of_a_backup_is_the_same() throws Exception {
    Path second = target.resolveSibling("second.db");
    belay.backup(target);
    try (Belay copy = Belay.openReadOnly(target, TestOptions.defaults())) {
      copy.backup(second);
    }

    assertHoldsAll(second);
  }

  @Test
  void a_store_opened_for_reading_is_copied_while_another_writes() {
    try (Belay reading = Belay.openReadOnly(folder.resolve("store.db"), TestOptions.defaults())) {
      reading.backup(target, (remaining, total) -> commit(belay, "at-" + remaining));
    }

    assertHoldsAll(target);
  }

  @Test
  void a_store_in_memory_is_copied() throws Exception {
    List<Integer> seen = new ArrayList<>();
    try (Belay memory = Belay.openInMemory(TestOptions.defaults())) {
      fill(memory);
      memory.backup(target, (remaining, total) -> seen.add(remaining));
      commit(memory, "goes on");
    }

    assertThat(seen).containsExactly(0);
    assertOwnerOnly();
    assertHoldsAll(target);
  }

  @Test
  void an_empty_store_and_any_name_are_copied() throws Exception {
    Path odd = target.resolveSibling("it's 100% \"odd\"; ?#&=é\n.db");
    try (Belay memory = Belay.openInMemory(TestOptions.defaults());
        Belay empty = Belay.open(folder.resolve("empty.db"), TestOptions.defaults())) {
      memory.backup(odd);
      Files.delete(odd);
      empty.backup(odd);
    }
    try (Belay copy = Belay.open(odd, TestOptions.defaults())) {
      assertThat(copy.sessions().find("any")).isEmpty();
    }
  }

  @Test
  void several_backups_are_made_at_once() throws Exception {
    CountDownLatch allRun = new CountDownLatch(3);
    List<CompletableFuture<Void>> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path copy = target.resolveSibling("copy-" + i);
      AtomicInteger calls = new AtomicInteger();
      made.add(
          CompletableFuture.runAsync(
              () ->
                  belay.backup(
                      copy,
                      (remaining, total) -> {
                        if (calls.incrementAndGet() == 1) {
                          allRun.countDown();
                          Standstill.await(allRun);
                        }
                      }),
              command -> new Thread(command).start()));
    }
    for (CompletableFuture<Void> each : made) {
      Patience.get(each);
    }

    assertThat(files()).containsExactly("copy-0", "copy-1", "copy-2");
    assertHoldsAll(target.resolveSibling("copy-2"));
  }

  @Test
  void what_progress_throws_cancels_and_arrives_as_the_same_object() {
    for (int call : new int[] {1, 2, -1}) { // -1: the last one
      for (Throwable thrown :
          List.of(new IllegalStateException("enough"), new Error("enough"), new Exception("no"))) {
        AtomicInteger calls = new AtomicInteger();

        Throwable failure =
            catchThrowable(
                () ->
                    belay.backup(
                        target,
                        (remaining, total) -> {
                          if (calls.incrementAndGet() == call || (call < 0 && remaining == 0)) {
                            BackupTest.<RuntimeException>throwAny(thrown);
                          }
                        }));

        assertThat(failure).isSameAs(thrown);
        assertThat(call < 0 || calls.get() == call).isTrue();
        assertThat(files()).isEmpty();
      }
    }
    commit(belay, "goes on");
  }

  @Test
  void an_interrupt_cancels_before_in_the_middle_and_at_the_end() {
    Thread.currentThread().interrupt();
    assertInterrupted(catchThrowable(() -> belay.backup(target)));

    for (boolean atTheEnd : new boolean[] {false, true}) {
      AtomicInteger last = new AtomicInteger();
      assertInterrupted(
          catchThrowable(
              () ->
                  belay.backup(
                      target,
                      (remaining, total) -> {
                        last.set(remaining);
                        if (!atTheEnd || remaining == 0) {
                          Thread.currentThread().interrupt();
                        }
                      })));
      assertThat(last.get() == 0).isEqualTo(atTheEnd);
    }
  }

  @Test
  void an_interrupt_from_elsewhere_cancels_while_a_foreign_program_keeps_writers_out()
      throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (var other = PlainSqlite.connect(folder.resolve("store.db"))) {
      PlainSqlite.execute(other, "BEGIN IMMEDIATE");
      assertInterrupted(
          catchThrowable(
              () ->
                  belay.backup(
                      target,
                      (remaining, total) -> {
                        calls.incrementAndGet();
                        Thread.currentThread().interrupt();
                      })));
      PlainSqlite.execute(other, "ROLLBACK");
    }
    assertThat(calls).hasValue(1);
    commit(belay, "goes on");
  }

  @Test
  void an_interrupt_cancels_the_copy_of_a_store_that_cannot_be_stopped() {
    try (Belay reading = Belay.openReadOnly(folder.resolve("store.db"), TestOptions.defaults());
        Belay memory = Belay.openInMemory(TestOptions.defaults())) {
      for (Belay store : List.of(reading, memory)) {
        assertInterrupted(
            catchThrowable(
                () ->
                    store.backup(
                        target, (remaining, total) -> Thread.currentThread().interrupt())));
      }
    }
  }

  @Test
  void a_virtual_thread_has_its_backup_made_and_its_interrupt_cancels() throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "a JDK with virtual threads");
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Runnable both =
        () -> {
          belay.backup(target);
          Throwable failure =
              catchThrowable(
                  () ->
                      belay.backup(
                          target.resolveSibling("second"),
                          (remaining, total) -> {
                            running.countDown();
                            Standstill.await(interrupted);
                          }));
          outcome.complete(Thread.currentThread().isInterrupted() ? failure : null);
        };
    Thread virtual =
        (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, both);
    Standstill.await(running);
    virtual.interrupt();
    // in this order: it has taken the interrupt, told the backup, and waits again
    while (virtual.isInterrupted() || virtual.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    interrupted.countDown();

    assertThat(Patience.get(outcome)).isInstanceOf(StoreInterruptedException.class);
    assertThat(files()).containsExactly("copy.db");
    assertHoldsAll(target);
  }

  @Test
  void closing_the_store_cancels_and_waits_until_nothing_is_left() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    CompletableFuture<Throwable> outcome =
        CompletableFuture.supplyAsync(
            () ->
                catchThrowable(
                    () ->
                        belay.backup(
                            target,
                            (remaining, total) -> {
                              running.countDown();
                              Standstill.await(closing);
                            })),
            command -> new Thread(command).start());
    Standstill.await(running);
    Thread closer = new Thread(belay::close);
    closer.start();
    awaitRefusal();
    closing.countDown();
    Patience.join(closer);

    assertThat(closer.isAlive()).isFalse();
    assertThat(files()).isEmpty();
    assertThat(Patience.get(outcome)).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void progress_that_closes_the_store_cancels_its_own_backup() {
    assertThatThrownBy(() -> belay.backup(target, (remaining, total) -> belay.close()))
        .isInstanceOf(StoreClosedException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void a_closed_store_and_a_body_are_no_place_for_a_backup() {
    for (Belay store : List.of(belay, Belay.openInMemory(TestOptions.defaults()))) {
      assertThatThrownBy(() -> store.useWrite(tx -> store.backup(target)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> store.useRead(tx -> store.backup(target)))
          .isInstanceOf(IllegalStateException.class);
      store.close();
      assertThatThrownBy(() -> store.backup(target)).isInstanceOf(StoreClosedException.class);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void a_damaged_store_gives_no_backup() throws IOException {
    belay.close();
    Path store = folder.resolve("store.db");
    try (FileChannel channel = FileChannel.open(store, StandardOpenOption.WRITE)) {
      for (long page = 60; page < 100; page++) {
        channel.write(java.nio.ByteBuffer.allocate(4096), page * 4096);
      }
    }
    try (Belay damaged = Belay.openReadOnly(store, TestOptions.defaults())) {
      assertThatThrownBy(() -> damaged.backup(target))
          .isInstanceOf(StoreCorruptException.class)
          .hasMessageContaining("store.db");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void a_name_that_is_taken_meanwhile_is_left_to_who_took_it() throws IOException {
    assertThatThrownBy(
            () ->
                belay.backup(
                    target,
                    (remaining, total) -> {
                      if (remaining == 0) {
                        write(target, "theirs");
                      }
                    }))
        .isInstanceOf(dev.belay.store.StoreException.class)
        .hasMessageContaining("copy.db");
    assertThat(files()).containsExactly("copy.db");
    assertThat(Files.readString(target)).isEqualTo("theirs");
  }

  private void assertInterrupted(Throwable failure) {
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure).isInstanceOf(StoreInterruptedException.class);
    assertThat(files()).isEmpty();
  }

  /** Returns once a closing store takes no more. */
  private void awaitRefusal() {
    Path missing = folder.resolve("missing").resolve("copy.db");
    while (!(catchThrowable(() -> belay.backup(missing)) instanceof StoreClosedException)) {
      Thread.onSpinWait();
    }
  }

  private static void fill(Belay store) {
    for (int i = 0; i < SESSIONS; i++) {
      commit(store, "session-" + i);
    }
  }

  private static void commit(Belay store, String id) {
    SessionCommit commit = SessionCommit.to(id, 0).append(NewEvent.of("note", "x".repeat(40_000)));
    store.sessions().commit(commit).orThrow();
  }

  private static void assertHoldsAll(Path file) {
    try (Belay copy = Belay.openReadOnly(file, TestOptions.defaults())) {
      for (int i = 0; i < SESSIONS; i++) {
        assertThat(copy.sessions().history("session-" + i)).hasSize(1);
      }
    }
  }

  private void assertOwnerOnly() {
    for (String name : files()) {
      try {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(target.resolveSibling(name))))
            .as(name)
            .isEqualTo("rw-------");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private List<String> files() {
    try (Stream<Path> files = Files.list(target.getParent())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void makeFolder(Path file) {
    try {
      Files.createDirectory(file.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void throwAny(Throwable thrown) throws X {
    throw (X) thrown;
  }
}

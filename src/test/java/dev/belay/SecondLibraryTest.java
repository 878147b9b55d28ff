package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testing.LaterThreads;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.io.StringWriter;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: one file is never open through two copies of the SQLite library in one JVM, which lose each
 * other's commits and damage it without a word.
 *
 * <p>Method: real class loaders, as of plugins and redeployed applications. What one of them throws
 * is of its own classes, so it is looked at by name.
 */
class SecondLibraryTest {
  private static final String ALLOW = "dev.belay.allowSecondSqlite";

  @TempDir private Path directory;
  private Path file;
  private List<String> entriesOfOthers = List.of();

  @BeforeEach
  void name_the_file() {
    file = directory.resolve("store.db");
    entriesOfOthers = entries();
  }

  @AfterEach
  void nothing_stays_entered() {
    assertThat(entries()).isEmpty();
  }

  @Test
  @SuppressWarnings("try") // that the first one is open is the point
  void a_second_copy_of_the_library_is_refused_however_the_file_is_opened() throws Exception {
    try (IsolatedBelay first = IsolatedBelay.withItsOwnDriver();
        IsolatedBelay second = IsolatedBelay.withItsOwnDriver()) {
      first.open(file).close();
      Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);
      for (boolean firstReads : new boolean[] {false, true}) {
        try (AutoCloseable open = firstReads ? first.openReadOnly(file) : first.open(file)) {
          for (Path path : List.of(file, link)) {
            assertRefused(first, () -> second.open(path));
            assertRefused(first, () -> second.openReadOnly(path));
          }
          assertRefused(first, () -> Belay.open(file, TestOptions.defaults()).close());
        }
        second.open(file).close(); // closed by the first, it is free
        second.openReadOnly(file).close();
      }
    }
  }

  private static void assertRefused(IsolatedBelay first, ThrowingCallable opening) {
    ClassLoader loader = first.driver().getClassLoader();
    assertThatThrownBy(opening)
        .satisfies(
            e -> assertThat(e.getClass().getName()).isEqualTo("dev.belay.store.StoreException"))
        .hasMessageContaining("another copy of the SQLite library")
        .hasMessageContaining(
            loader.getClass().getName()
                + "@"
                + Integer.toHexString(System.identityHashCode(loader)))
        .hasMessageContaining("by thread " + Thread.currentThread().getName())
        .hasMessageContaining("-D" + ALLOW + "=true");
  }

  @Test
  void two_belays_over_one_driver_share_a_file() throws Exception {
    try (URLClassLoader libraries = IsolatedBelay.libraries();
        IsolatedBelay first = IsolatedBelay.over(libraries);
        IsolatedBelay second = IsolatedBelay.over(libraries);
        IsolatedBelay stranger = IsolatedBelay.withItsOwnDriver()) {
      assertThat(first.driver()).isSameAs(second.driver());
      AutoCloseable a = first.open(file);
      AutoCloseable b = second.open(file);
      assertThat(entries()).singleElement().asString().contains("open 2 times");
      a.close();
      assertRefused(first, () -> stranger.open(file)); // one of the two still has it open
      b.close();
      stranger.open(file).close();
    }
  }

  @Test
  void handles_of_one_loader_share_a_file_and_other_files_are_free() throws Exception {
    try (Belay one = Belay.open(file, TestOptions.defaults());
        Belay reading = Belay.openReadOnly(file);
        IsolatedBelay other = IsolatedBelay.withItsOwnDriver()) {
      assertThat(one.queues()).isEmpty();
      assertThat(reading.queues()).isEmpty();
      other.open(directory.resolve("other.db")).close();
      Belay two = Belay.open(file, TestOptions.defaults());
      assertThatThrownBy(() -> other.open(file)).hasMessageContaining("open 3 times");
      closeTwice(two);
      assertThatThrownBy(() -> other.open(file)).hasMessageContaining("open 2 times");
    }
  }

  private static void closeTwice(Belay belay) {
    for (int i = 0; i < 2; i++) {
      belay.close();
    }
  }

  @Test
  @SuppressWarnings("try") // that the other one is open is the point
  void stores_in_memory_are_not_entered() throws Exception {
    try (Belay belay = Belay.openInMemory(TestOptions.defaults());
        IsolatedBelay other = IsolatedBelay.withItsOwnDriver();
        AutoCloseable theirs = other.openInMemory()) {
      assertThat(belay.queues()).isEmpty();
      assertThat(entries()).isEmpty();
    }
  }

  @Test
  void an_open_that_fails_half_way_is_entered_no_more() throws Exception {
    Files.writeString(file, "This is no database, as whoever reads its first bytes will see.");
    assertThatThrownBy(() -> Belay.open(file, TestOptions.defaults()));
    assertThatThrownBy(() -> Belay.openReadOnly(file));
    assertThat(entries()).isEmpty();

    Files.delete(file);
    BelayOptions failing =
        TestOptions.defaults()
            .withJdbi(
                jdbi -> {
                  throw new IllegalStateException("the host's settings fail");
                });
    assertThatThrownBy(() -> Belay.open(file, failing));
    assertThat(entries()).isEmpty();
  }

  @Test
  void a_body_that_outlasts_its_store_keeps_the_entry_until_it_ends() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    CountDownLatch runs = new CountDownLatch(1);
    Belay belay = Belay.open(file, TestOptions.defaults().withBusyTimeout(Duration.ofMillis(50)));
    CompletableFuture<Void> body =
        CompletableFuture.runAsync(
            () ->
                belay.useWrite(
                    tx -> {
                      runs.countDown();
                      awaitUninterruptibly(mayEnd);
                    }),
            LaterThreads.EACH);
    Patience.await(runs);
    belay.close();
    assertThat(entries()).hasSize(1);
    mayEnd.countDown();
    Patience.get(body);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!entries().isEmpty()) {
      assertThat(System.nanoTime())
          .as("the entry goes with the last connection")
          .isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void a_leaked_store_stays_entered_and_the_message_says_what_to_do() throws Exception {
    ManualClock clock = new ManualClock();
    Belay leaked = Belay.open(file, TestOptions.defaults().withClock(clock));
    try (IsolatedBelay redeployed = IsolatedBelay.withItsOwnDriver()) {
      assertThatThrownBy(() -> redeployed.open(file))
          .hasMessageContaining(file.toString())
          .hasMessageContaining("never closed")
          .hasMessageContaining("first at " + ManualClock.START);

      System.setProperty(ALLOW, "true");
      try {
        redeployed.open(file).close();
      } finally {
        System.clearProperty(ALLOW);
      }
      assertThatThrownBy(() -> redeployed.open(file)).hasMessageContaining("never closed");
    } finally {
      leaked.close();
    }
  }

  @Test
  void the_entries_are_plain_strings_that_a_host_can_list_and_replace() throws Exception {
    Properties before = System.getProperties();
    Belay belay = Belay.open(file, TestOptions.defaults());
    try {
      System.getProperties().store(new StringWriter(), null);
      System.setProperties(new Properties());
      belay.close(); // finds no entry, and says nothing
    } finally {
      System.setProperties(before);
    }
    before.keySet().removeIf(key -> key.toString().startsWith("dev.belay.open."));
  }

  @Test
  void many_threads_open_and_close_and_leave_no_entry() throws Exception {
    Belay.open(file, TestOptions.defaults()).close();
    List<CompletableFuture<Void>> all =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int round = 0; round < 5; round++) {
                            Belay.open(file, TestOptions.defaults()).close();
                          }
                        },
                        LaterThreads.EACH))
            .toList();
    for (CompletableFuture<Void> one : all) {
      Patience.get(one);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      Patience.await(latch);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Those of this test: a store of another may be open in this JVM. */
  private List<String> entries() {
    return System.getProperties().entrySet().stream()
        .filter(entry -> entry.getKey().toString().startsWith("dev.belay.open."))
        .map(entry -> entry.getKey() + " = " + entry.getValue())
        .filter(entry -> !entriesOfOthers.contains(entry))
        .toList();
  }
}

package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreException;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Commands;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a file that has two names, under each of which it would have another log, is not opened for
 * writing unless somebody says so; and nothing else is refused for it.
 */
class SharedNamesTest {
  private static final Logger LOG = Logger.getLogger("dev.belay");

  private static final BelayOptions AT_ONCE = TestOptions.defaults().withBusyTimeout(Duration.ZERO);

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void make_a_store() {
    file = directory.resolve("store.db");
    commit(file, TestOptions.defaults(), 0);
  }

  @Test
  void a_hard_link_is_refused_under_each_name_and_read_under_each() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("other"));
    Path link = Files.createLink(folder.resolve("link.db"), file);
    for (Path name : List.of(file, link)) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> Belay.open(name, AT_ONCE).close())
          .withMessageContaining(name.toString())
          .withMessageContaining("2 hard links")
          .withMessageContaining("withSharedNames(true)");
      try (Belay reading = Belay.openReadOnly(name)) {
        assertThat(reading.sessions().find("run")).isPresent();
      }
    }
    Files.delete(link);
    commit(file, AT_ONCE, 1);
  }

  @Test
  void an_option_opens_it_all_the_same_and_warns() throws IOException {
    Files.createLink(directory.resolve("link.db"), file);
    Queue<LogRecord> log = new ConcurrentLinkedQueue<>();
    Handler handler = recording(log);
    LOG.addHandler(handler);
    try {
      commit(file, TestOptions.defaults().withSharedNames(true), 1);
    } finally {
      LOG.removeHandler(handler);
    }
    assertThat(log)
        .filteredOn(record -> record.getLevel().equals(Level.WARNING))
        .singleElement()
        .satisfies(record -> assertThat(record.getMessage()).contains("2 hard links"));
  }

  private static Handler recording(Queue<LogRecord> log) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        log.add(record);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void a_hard_link_that_goes_within_the_busy_timeout_is_waited_for() throws Exception {
    Path link = Files.createLink(directory.resolve("link.db"), file);
    CompletableFuture<Void> opening =
        CompletableFuture.runAsync(
            () -> commit(file, TestOptions.defaults().withBusyTimeout(Duration.ofMinutes(1)), 1),
            LaterThreads.EACH);
    Files.delete(link);
    Patience.get(opening);
  }

  @Test
  void a_draft_that_a_killed_process_left_is_swept_and_others_are_left_alone() throws IOException {
    int revision = 0;
    for (String suffix : List.of(".new", ".backup")) {
      Path leftover = Files.createLink(directory.resolve(".belay-123" + suffix), file);
      Path another = Files.createFile(directory.resolve(".belay-456" + suffix));
      commit(file, AT_ONCE, ++revision);
      assertThat(leftover).doesNotExist();
      assertThat(another).exists();
    }
  }

  @Test
  void a_symbolic_link_is_no_second_name() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);
    commit(link, AT_ONCE, 1);
    commit(file, AT_ONCE, 2);
  }

  @Test
  void many_first_opens_at_once_are_never_refused() throws Exception {
    for (int round = 0; round < 10; round++) {
      Path fresh = directory.resolve("new-" + round + ".db");
      List<CompletableFuture<Void>> openings =
          Stream.generate(
                  () ->
                      CompletableFuture.runAsync(
                          () -> Belay.open(fresh, patient()).close(), LaterThreads.EACH))
              .limit(8)
              .toList();
      for (CompletableFuture<Void> opening : openings) {
        Patience.get(opening);
      }
    }
    try (var left = Files.newDirectoryStream(directory, ".belay-*")) {
      assertThat(left).isEmpty();
    }
  }

  private static BelayOptions patient() {
    return TestOptions.defaults();
  }

  @Test
  void a_mount_of_the_single_file_is_refused_and_one_of_its_folder_is_not() throws IOException {
    Path mounted = Files.createDirectory(directory.resolve("with blank\\ and ö"));
    Path name = Files.createFile(mounted.resolve("store.db"));
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Path data = Files.createDirectory(directory.resolve("data"));
    List<String> wrapper =
        List.of(
            "unshare",
            "-m",
            "sh",
            "-c",
            "mount --bind \"$1\" \"$2\" && mount --bind \"$3\" \"$4\" && shift 4 && exec \"$@\"",
            "sh",
            file.toString(),
            name.toString(),
            data.toString(),
            folder.toString());
    assumeTrue(Commands.succeeds(wrapper, "true"), "needs the right to mount");

    try (ChildJvm child = ChildCommand.of(ProbeChild.class).withWrapper(wrapper).start()) {
      assertThat(child.ask("commit " + name))
          .startsWith("StoreException: ")
          .contains("mount the folder")
          .contains(name.toString());
      assertThat(child.ask("read " + name)).isEqualTo("revision 1");
      assertThat(child.ask("commit " + folder.resolve("new.db"))).isEqualTo("revision 1");
    }
  }

  private static void commit(Path file, BelayOptions options, long revision) {
    try (Belay belay = Belay.open(file, options)) {
      belay
          .sessions()
          .commit(SessionCommit.to("run", revision).append(NewEvent.of("user", "hi")))
          .orThrow();
    }
  }
}

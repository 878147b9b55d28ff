package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Commands;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whatever lies at the path, opening it has a defined answer that names it, and a file that
 * Belay cannot use stays as it was.
 */
class OddFilesTest {
  private static final List<Function<Path, Belay>> OPENINGS =
      List.of(file -> Belay.open(file, TestOptions.defaults()), Belay::openReadOnly);

  @TempDir private Path directory;

  @Test
  void a_file_that_is_no_database_is_refused_and_left_alone() throws IOException {
    // Also of one byte, which SQLite would take for an empty one.
    for (int length : new int[] {1, 2, 15, 50, 100, 511, 512, 4096, 100_000}) {
      byte[] text =
          "This is a shopping list, not a database.\n"
              .repeat(3000)
              .getBytes(StandardCharsets.UTF_8);
      assertRefused(file("list-" + length + ".txt", Arrays.copyOf(text, length)));
    }
  }

  @Test
  void a_database_cut_in_the_middle_is_refused_and_left_alone() throws IOException {
    byte[] whole = Files.readAllBytes(storeWithManyPages());
    for (int length : new int[] {50, 100, 4096, whole.length / 2, whole.length - 4096}) {
      assertRefused(file("cut-" + length + ".db", Arrays.copyOf(whole, length)));
    }
  }

  @Test
  void a_database_with_an_overwritten_head_is_refused_and_left_alone() throws IOException {
    byte[] whole = Files.readAllBytes(storeWithManyPages());
    Arrays.fill(whole, 0, 4096, (byte) 0x5a);
    assertRefused(file("overwritten.db", whole));
  }

  @Test
  void a_damaged_page_is_reported_when_it_is_read() throws IOException {
    byte[] whole = Files.readAllBytes(storeWithManyPages());
    // All but the first page: the schema's first page may still say that all is well.
    Arrays.fill(whole, 4096, whole.length, (byte) 0x5a);
    Path file = file("damaged.db", whole);

    assertThatExceptionOfType(StoreCorruptException.class)
        .isThrownBy(
            () -> {
              try (Belay belay = Belay.open(file, TestOptions.defaults())) {
                belay.sessions().history("run");
              }
            })
        .withMessageContaining(file.toString());
  }

  @Test
  void an_empty_file_is_an_empty_database() throws Exception {
    Path file = file("empty.db", new byte[0]);
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      belay.sessions().commit(first()).orThrow();
    }
    assertThat(PlainSqlite.row(file, "SELECT count(*) FROM belay_session")).isEqualTo("1");
  }

  @Test
  void a_directory_is_refused() {
    assertRefusedAsUnusable(directory);
  }

  @Test
  void a_file_in_a_directory_that_does_not_exist_is_refused_and_nothing_is_made() {
    Path missing = directory.resolve("missing");
    assertRefusedAsUnusable(missing.resolve("store.db"));
    assertThat(missing).doesNotExist();
  }

  @Test
  void a_file_below_a_file_is_refused() throws IOException {
    assertRefusedAsUnusable(file("file", new byte[0]).resolve("store.db"));
  }

  @Test
  void a_file_without_read_permission_is_refused_and_left_alone() throws IOException {
    Path file = storeWithManyPages();
    byte[] before = Files.readAllBytes(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    List<String> wrapper = Commands.obeyingPermissions();
    assumeTrue(
        !Commands.succeeds(wrapper, "cat", file.toString()),
        "needs a user whom file permissions bind");

    try (ChildJvm child = ChildCommand.of(ProbeChild.class).withWrapper(wrapper).start()) {
      assertThat(List.of(child.ask("open " + file), child.ask("read " + file)))
          .allMatch(answer -> answer.startsWith("StoreException: "))
          .allMatch(answer -> answer.contains(file.toString()));
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void an_empty_path_is_the_callers_mistake() {
    for (Function<Path, Belay> opening : OPENINGS) {
      assertThatIllegalArgumentException().isThrownBy(() -> opening.apply(Path.of("")).close());
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without a null checker may do
  void null_is_the_callers_mistake() {
    for (Function<Path, Belay> opening : OPENINGS) {
      assertThatNullPointerException().isThrownBy(() -> opening.apply(null).close());
    }
    assertThatNullPointerException()
        .isThrownBy(() -> Belay.open(directory.resolve("store.db"), null).close());
    assertThatNullPointerException().isThrownBy(() -> Belay.openInMemory(null).close());
    assertThat(directory).isEmptyDirectory();
  }

  private void assertRefused(Path file) throws IOException {
    byte[] before = Files.readAllBytes(file);
    for (Function<Path, Belay> opening : OPENINGS) {
      assertThatExceptionOfType(StoreCorruptException.class)
          .as(file.getFileName().toString())
          .isThrownBy(() -> openAndRead(opening, file))
          .withMessageContaining(file.toString());
    }
    assertThat(file).hasBinaryContent(before);
  }

  private static void assertRefusedAsUnusable(Path file) {
    for (Function<Path, Belay> opening : OPENINGS) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> openAndRead(opening, file))
          .isExactlyInstanceOf(StoreException.class)
          .withMessageContaining(file.toString());
    }
  }

  private static void openAndRead(Function<Path, Belay> opening, Path file) {
    try (Belay belay = opening.apply(file)) {
      belay.sessions().history("run");
    }
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  private Path storeWithManyPages() {
    Path file = directory.resolve("whole.db");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      belay.sessions().commit(first()).orThrow();
    }
    return file;
  }

  private static SessionCommit first() {
    return SessionCommit.to("run", 0).append(NewEvent.of("user", "x".repeat(200_000)));
  }
}

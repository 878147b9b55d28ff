package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a path names the file that Java means by it, and no other, whatever is in the name. SQLite
 * and its driver give some names a meaning of their own.
 *
 * <p>Method: a process in the directory of the file, so that relative paths are tried too and names
 * beyond ASCII do not hang on this process's locale. The driver must not have seen any part of the
 * name as an option: that the directory holds exactly this file shows it.
 */
class FileNamesTest {
  private static final List<String> NAMES =
      List.of(
          "plain.db",
          "with blanks .db",
          "question?mode=memory",
          "?",
          "percent%41%2f.db",
          "hash#1.db",
          "semi;colon.db",
          "quotes'\"`.db",
          "plus+and&and=.db",
          "back\\slash.db",
          "Zürich 日本 😀.db",
          ":memory:",
          ":resource:x",
          "file:x",
          "file::memory:?cache=shared",
          "jdbc:sqlite:x",
          "-dash");

  @TempDir private Path root;

  @Test
  void a_relative_path_names_a_file_in_the_working_directory() throws IOException {
    Path directory = Files.createDirectory(root.resolve("relative"));
    assertEachNamesItsFile(directory, "");
  }

  @Test
  void an_absolute_path_names_the_same_file() throws IOException {
    Path directory = Files.createDirectory(root.resolve("absolute"));
    assertEachNamesItsFile(root, directory + "/");
  }

  /** Each name, opened with {@code prefix} by a process in {@code workingDirectory}. */
  private static void assertEachNamesItsFile(Path workingDirectory, String prefix)
      throws IOException {
    Path directory = workingDirectory.resolve(prefix);
    ChildCommand command = ChildCommand.of(ProbeChild.class).withDirectory(workingDirectory);
    try (ChildJvm child = command.start()) {
      for (String name : NAMES) {
        assertThat(child.ask("commit " + prefix + name)).as(name).isEqualTo("revision 1");
        assertThat(child.ask("commit " + prefix + name)).as(name).isEqualTo("revision 2");
        assertThat(child.ask("read " + prefix + name)).as(name).isEqualTo("revision 2");
      }
      // The child lists them, whose locale can name them. A reader may leave the sidecars behind.
      assertThat(child.ask("list " + directory).split("/", -1))
          .filteredOn(name -> !isSidecar(name))
          .containsExactlyInAnyOrderElementsOf(NAMES);
    }
  }

  private static boolean isSidecar(String name) {
    return name.endsWith("-wal") || name.endsWith("-shm");
  }
}

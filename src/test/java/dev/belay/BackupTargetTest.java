package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a backup replaces nothing, damages nothing and goes nowhere but to the file that was named.
 *
 * <p>Method: every name that is refused, with a progress that must not be told of anything.
 */
class BackupTargetTest {
  private Path folder;
  @RegisterExtension final StoreExtension store = StoreExtension.on(SqliteEngine.FILE);

  private Belay belay;

  @BeforeEach
  void open() {
    folder = store.folder();
    belay = store.belay();
  }

  @Test
  void whatever_has_the_name_keeps_it() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "theirs");
    Path empty = Files.createFile(folder.resolve("empty"));
    Path directory = Files.createDirectory(folder.resolve("directory"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nowhere"));

    for (Path taken : List.of(file, empty, directory, link, dangling)) {
      assertRefused(StoreException.class, taken, taken.getFileName().toString());
    }
    assertThat(Files.readString(file)).isEqualTo("theirs");
    assertThat(Files.size(empty)).isZero();
    assertThat(Files.exists(folder.resolve("nowhere"))).isFalse();
  }

  @Test
  void the_store_and_its_sidecars_are_no_target_under_any_path() throws IOException {
    Files.createSymbolicLink(folder.resolve("here"), folder);
    for (String name : List.of("store.db", "store.db-wal", "store.db-shm", "store.db-journal")) {
      assertRefused(StoreException.class, folder.resolve(name), name);
      assertRefused(StoreException.class, folder.resolve("here").resolve(name), name);
      assertRefused(StoreException.class, folder.resolve("here/../" + name).normalize(), name);
    }
  }

  @Test
  void what_another_database_has_left_is_not_taken_for_the_backups_own() throws IOException {
    for (String suffix : List.of("-wal", "-shm", "-journal")) {
      Path left = Files.writeString(folder.resolve("copy.db" + suffix), "left");

      assertRefused(StoreException.class, folder.resolve("copy.db"), "copy.db" + suffix);

      Files.delete(left);
    }
  }

  @Test
  void a_folder_that_is_missing_or_a_file_is_refused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    for (Path parent : List.of(folder.resolve("missing"), file)) {
      assertRefused(StoreException.class, parent.resolve("copy.db"), "folder");
    }
  }

  @Test
  void a_blank_path_a_root_and_another_file_system_are_the_callers_mistake() throws IOException {
    assertRefused(IllegalArgumentException.class, Path.of(""), "blank");
    assertRefused(IllegalArgumentException.class, Path.of("  "), "blank");
    assertRefused(IllegalArgumentException.class, Path.of("/"), "root");
    URI archive = URI.create("jar:" + folder.resolve("a.zip").toUri());
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      assertRefused(IllegalArgumentException.class, zip.getPath("/copy.db"), "copy.db");
    }
    assertThatThrownBy(() -> belay.backup(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> belay.backup(folder.resolve("copy.db"), null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void a_relative_path_starts_at_the_working_directory() throws IOException {
    Path target = folder.resolve("copy.db");
    belay.backup(Path.of("").toAbsolutePath().relativize(target));

    assertThat(Files.isRegularFile(target)).isTrue();
  }

  private void assertRefused(Class<? extends Exception> type, Path target, String named)
      throws IOException {
    List<String> before = names();
    assertThatThrownBy(
            () ->
                belay.backup(
                    target,
                    (remaining, total) -> {
                      throw new AssertionError("something was copied");
                    }))
        .isInstanceOf(type)
        .hasMessageContaining(named);
    assertThat(names()).isEqualTo(before);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(Path::toString).sorted().toList();
    }
  }
}

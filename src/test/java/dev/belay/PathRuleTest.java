package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.store.StoreException;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Commands;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a path is refused before anything is created, if Java and SQLite would not mean one file by
 * it, if SQLite has no room for the names beside it, or if it may not be written; and whatever is
 * created is its owner's alone.
 */
class PathRuleTest {
  private static final List<Function<Path, Belay>> OPENINGS =
      List.of(file -> Belay.open(file, TestOptions.defaults()), Belay::openReadOnly);

  @TempDir private Path directory;

  @Test
  void a_path_of_another_file_system_is_the_callers_mistake() throws IOException {
    Path zip = directory.resolve("files.zip");
    Path sameName = directory.resolve("store.db");
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      for (Function<Path, Belay> opening : OPENINGS) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> opening.apply(files.getPath(sameName.toString())).close());
      }
    }
    assertThat(sameName).doesNotExist();
  }

  @Test
  void a_name_that_this_jvm_cannot_write_is_refused() throws IOException {
    assumeTrue(
        Commands.succeeds(
            List.of(),
            "sh",
            "-c",
            "touch \"$1/$(printf 'a\\377.db')\"",
            "sh",
            directory.toString()),
        "needs a shell and a file system of bytes");
    try (DirectoryStream<Path> listed = Files.newDirectoryStream(directory)) {
      Path file = listed.iterator().next();
      for (Function<Path, Belay> opening : OPENINGS) {
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> opening.apply(file).close())
            .withMessageContaining("encoding of file names");
      }
    }
    assertThat(directory.toFile().list()).hasSize(1);
  }

  @Test
  void a_folder_that_the_locale_cannot_write_is_refused() throws IOException {
    String zoe =
        "mkdir -p \"$0/$(printf 'Zo\\303\\253')\"; cd \"$0\"/Zo*; LC_ALL=$1; export LC_ALL; shift;"
            + " exec \"$@\"";
    for (String locale : List.of("C", "POSIX")) {
      Path folder = Files.createDirectory(directory.resolve(locale));
      List<String> wrapper = List.of("sh", "-c", zoe, folder.toString(), locale);
      assumeTrue(Commands.succeeds(wrapper, "true"), "needs a shell");
      try (ChildJvm child = ChildCommand.of(ProbeChild.class).withWrapper(wrapper).start()) {
        assertThat(child.ask("commit new.db"))
            .startsWith("StoreException: ")
            .contains("encoding of file names");
        assertThat(
                Commands.succeeds(
                    List.of(), "sh", "-c", "test -z \"$(find \"$0\" -type f)\"", folder.toString()))
            .isTrue();
      }
    }
  }

  @Test
  void a_name_without_room_for_the_sidecars_is_refused_and_nothing_is_made() throws IOException {
    Path longest = directory.resolve("n".repeat(247));
    Belay.open(longest, TestOptions.defaults()).close();
    Files.delete(longest);
    for (int bytes = 248; bytes <= 256; bytes++) {
      assertTooLong(directory.resolve("n".repeat(bytes)), "at most 247");
    }
    assertTooLong(directory.resolve("ö".repeat(124)), "at most 247");
    Path link = directory.resolve("link.db");
    Files.createSymbolicLink(link, Path.of("n".repeat(250)));
    assertTooLong(link, "at most 247");
    Files.delete(link);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void a_path_without_room_for_the_sidecars_is_refused_and_nothing_is_made() throws IOException {
    Path folder = directory.toRealPath();
    while (bytes(folder) < 380) {
      folder = Files.createDirectory(folder.resolve("f".repeat(100)));
    }
    Path longest = folder.resolve("n".repeat(504 - bytes(folder) - 1));
    assertThat(bytes(longest)).isEqualTo(504);
    Belay.open(longest, TestOptions.defaults()).close();
    Files.delete(longest);
    for (int bytes = 505; bytes <= 515; bytes++) {
      assertTooLong(folder.resolve("n".repeat(bytes - bytes(folder) - 1)), "at most 504");
    }
    // what counts is the path without links
    Path shortcut = Files.createSymbolicLink(directory.resolve("short"), folder);
    assertTooLong(shortcut.resolve("n".repeat(505 - bytes(folder) - 1)), "at most 504");
    assertThat(folder).isEmptyDirectory();
  }

  private static void assertTooLong(Path file, String limit) {
    for (Function<Path, Belay> opening : OPENINGS) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> opening.apply(file).close())
          .withMessageContaining(limit);
    }
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void a_link_to_a_file_that_does_not_exist_yet_makes_it_for_its_owner_alone() throws IOException {
    assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path disk = Files.createDirectory(directory.resolve("disk"));
    Path data = Files.createDirectory(directory.resolve("data"));
    Path absolute = Files.createSymbolicLink(data.resolve("a.db"), disk.resolve("a.db"));
    Path relative = Files.createSymbolicLink(data.resolve("r.db"), Path.of("../disk/r.db"));
    Path second = Files.createSymbolicLink(data.resolve("two.db"), Path.of("c.db"));
    Files.createSymbolicLink(data.resolve("c.db"), disk.resolve("c.db"));
    Path throughFolder =
        Files.createSymbolicLink(directory.resolve("linked"), disk).resolve("f.db");
    for (Path link : List.of(absolute, relative, second, throughFolder)) {
      try (Belay belay = Belay.open(link, TestOptions.defaults())) {
        belay.useWrite(tx -> {});
        assertThat(disk.toFile().listFiles())
            .isNotEmpty()
            .allSatisfy(
                file ->
                    assertThat(
                            PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(file.toPath())))
                        .as(file.toString())
                        .isEqualTo("rw-------"));
      }
    }
    assertThat(disk.toFile().list()).containsExactlyInAnyOrder("a.db", "r.db", "c.db", "f.db");
  }

  @Test
  void links_that_lead_nowhere_are_refused_and_nothing_is_made() throws IOException {
    Path round = Files.createSymbolicLink(directory.resolve("round.db"), Path.of("round.db"));
    Path gone = Files.createSymbolicLink(directory.resolve("gone.db"), Path.of("gone/x.db"));
    for (Path link : List.of(round, gone)) {
      for (Function<Path, Belay> opening : OPENINGS) {
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> opening.apply(link).close())
            .withMessageContaining(link.toString());
      }
    }
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("round.db", "gone.db");
  }

  @Test
  void what_may_not_be_written_is_refused_when_it_is_opened_and_can_be_read() throws IOException {
    List<String> wrapper = Commands.obeyingPermissions();
    Path file = store("file");
    mode(file, "r--r--r--");
    assumeTrue(
        !Commands.succeeds(wrapper, "sh", "-c", "test -w \"$0\"", file.toString()),
        "needs a user whom file permissions bind");
    Path inFolder = store("folder");
    mode(folderOf(inFolder), "r-xr-xr-x");
    Path missing = folderOf(store("missing")).resolve("new.db");
    mode(folderOf(missing), "r-xr-xr-x");
    Path sidecar = store("sidecar");
    try (Belay open = Belay.open(sidecar, TestOptions.defaults());
        ChildJvm child = ChildCommand.of(ProbeChild.class).withWrapper(wrapper).start()) {
      open.useWrite(tx -> {});
      mode(sidecar.resolveSibling("store.db-wal"), "r--r--r--");
      for (Path path : List.of(file, inFolder, missing, sidecar)) {
        assertThat(child.ask("open " + path))
            .startsWith("StoreReadOnlyException: ")
            .contains(path.toString());
      }
      assertThat(child.ask("read " + file)).isEqualTo("revision 0");
      mode(sidecar.resolveSibling("store.db-wal"), "rw-------");
      mode(folderOf(sidecar), "r-xr-xr-x"); // all that is needed is there
      assertThat(child.ask("commit " + sidecar)).isEqualTo("revision 1");
    }
    for (Path path : List.of(inFolder, missing, sidecar)) {
      mode(folderOf(path), "rwx------");
    }
    assertThat(folderOf(inFolder).toFile().list()).containsExactly("store.db");
    assertThat(missing).doesNotExist();
  }

  @Test
  void a_file_on_a_mount_for_reading_is_refused_when_it_is_opened_for_writing() throws IOException {
    Path file = store("mount");
    List<String> wrapper =
        List.of(
            "unshare",
            "-m",
            "sh",
            "-c",
            "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && exec \"$@\"",
            folderOf(file).toString());
    assumeTrue(Commands.succeeds(wrapper, "true"), "needs the right to mount");
    try (ChildJvm child = ChildCommand.of(ProbeChild.class).withWrapper(wrapper).start()) {
      for (Path path : List.of(file, file.resolveSibling("new.db"))) {
        assertThat(child.ask("open " + path)).startsWith("StoreReadOnlyException: ");
      }
    }
  }

  private Path store(String folder) throws IOException {
    Path file = Files.createDirectory(directory.resolve(folder)).resolve("store.db");
    Belay.open(file, TestOptions.defaults()).close();
    return file;
  }

  private static Path folderOf(Path file) {
    return file.resolveSibling(".").normalize();
  }

  private static void mode(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}

package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.Belay;
import dev.belay.store.StoreFullException;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Commands;
import dev.belay.testing.Effort;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a backup that dies leaves the store as it was and no file that looks like a backup.
 *
 * <p>Method: children are killed in the middle of a backup, and anywhere in a row of them; another
 * has no room.
 */
class BackupCrashTest {
  private static final int MEGABYTES = 12;

  @TempDir private Path folder;

  private Path store;
  private Path copies;

  @BeforeEach
  void create() throws IOException {
    store = folder.resolve("store.db");
    copies = Files.createDirectory(folder.resolve("copies"));
    try (Belay belay = Belay.open(store, TestOptions.defaults())) {
      BackupLoad.create(belay.tx(), MEGABYTES);
    }
  }

  @Test
  void a_kill_in_the_middle_leaves_no_target_and_the_next_backup_sweeps_up() throws Exception {
    try (Belay belay = Belay.open(store, TestOptions.defaults())) {
      try (ChildJvm child = ChildCommand.of(BackupCrashTest.class, store, copies, "hold").start()) {
        child.expect("copying");
        assertThat(names()).anyMatch(name -> name.matches("\\.belay-.*\\.backup"));
        belay.backup(copies.resolve("beside")); // it lives, and what it makes stays
        assertThat(names()).anyMatch(name -> name.matches("\\.belay-.*\\.backup"));
        child.kill();
      }
      assertThat(names()).contains("beside").doesNotContain("copy-0");
      BackupLoad.write(belay.tx(), 5);

      belay.backup(copies.resolve("after"));

      if (Files.exists(Path.of("/proc/self/stat"))) {
        assertThat(names()).containsExactly("after", "beside");
      }
      BackupLoad.assertSound(copies.resolve("after"));
      BackupLoad.assertSound(copies.resolve("beside"));
    }
    BackupLoad.assertSound(store);
  }

  @Test
  void whatever_has_a_targets_name_is_whole_at_whatever_instant_the_process_dies()
      throws Exception {
    for (int round = 1; round <= Effort.of(4, 60); round++) {
      Path target = Files.createDirectory(copies.resolve("round-" + round));
      try (ChildJvm child =
          ChildCommand.of(BackupCrashTest.class, store, target, "go on").start()) {
        for (int line = 0; line < 25 * round; line++) {
          child.expect("copying");
        }
        child.kill();
      }
      try (Stream<Path> files = Files.list(target)) {
        for (Path file :
            files.filter(f -> f.getFileName().toString().startsWith("copy-")).toList()) {
          BackupLoad.assertSound(file);
        }
      }
    }
    BackupLoad.assertSound(store);
  }

  @Test
  void a_full_disk_is_told_as_such_and_nothing_is_left() {
    List<String> onSmallFileSystem =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=4m tmpfs \"$0\" && exec \"$@\"",
            copies.toString());
    assumeTrue(
        Commands.succeeds(onSmallFileSystem, "true"),
        "needs the right to mount a file system of its own");
    ChildCommand command =
        ChildCommand.of(BackupCrashTest.class, store, copies, "fill")
            .withWrapper(onSmallFileSystem);
    try (ChildJvm child = command.start()) {
      assertThat(child.remainingLines()).containsExactly("full: []");
      assertThat(child.awaitExit()).isZero();
    }
  }

  private List<String> names() throws IOException {
    return names(copies);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** The child: copies store {@code args[0]} into folder {@code args[1]}, and {@code args[2]}. */
  public static void main(String[] args) throws IOException {
    Parent parent = new Parent();
    Path copies = Path.of(args[1]);
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      switch (args[2]) {
        case "hold" ->
            belay.backup(
                copies.resolve("copy-0"),
                (remaining, total) -> {
                  parent.say("copying");
                  String unused = parent.hear();
                });
        case "fill" -> {
          try {
            belay.backup(copies.resolve("copy-0"));
          } catch (StoreFullException e) {
            parent.say("full: " + names(copies));
          }
        }
        default -> {
          parent.follow();
          for (int i = 0; ; i++) {
            belay.backup(copies.resolve("copy-" + i), (remaining, total) -> parent.say("copying"));
          }
        }
      }
    }
  }
}

package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Parent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what a killed backup has left is deleted, and never what another is making.
 *
 * <p>Method: files with the marks of processes that run, have ended or are unknown, and of every
 * age, beside the draft of a new backup.
 */
class DraftNameTest {
  private static final ProcessMark OWN = ProcessMark.ofThisProcess();
  private static final String UNKNOWN = "0".repeat(12);

  @TempDir private Path folder;

  private Path draft;

  @BeforeEach
  void createDraft() throws IOException {
    draft = Files.createFile(folder.resolve(DraftName.ofThisProcess()));
  }

  @Test
  void what_a_process_left_that_has_ended_is_deleted_at_once() throws IOException {
    assumeTrue(!OWN.system().equals(UNKNOWN), "needs /proc");
    ProcessMark ended;
    try (ChildJvm child = ChildCommand.of(DraftNameTest.class).start()) {
      ended = ProcessMark.of(child.readLine());
      Path alive = leave(ended, "");
      DraftName.sweep(draft);
      assertThat(alive).exists();
    }
    leave(ended, "-journal");
    // the number has gone to another process since
    leave(new ProcessMark(OWN.system(), OWN.pid(), OWN.start() + 1), "");

    DraftName.sweep(draft);

    assertThat(files()).containsExactly(draft);
  }

  @Test
  void what_may_be_somebodys_stays_for_a_day() throws IOException {
    List<Path> left = new ArrayList<>();
    left.add(leave(OWN, ""));
    left.add(leave(new ProcessMark("f".repeat(12), OWN.pid(), 1), "")); // another system
    left.add(leave(new ProcessMark(UNKNOWN, OWN.pid(), 0), "-journal"));
    age(left, Duration.ofHours(23));

    DraftName.sweep(draft);
    assertThat(files()).containsAll(left);

    age(left, Duration.ofHours(25));
    DraftName.sweep(draft);
    assertThat(files()).containsExactly(draft);
  }

  @Test
  void what_is_named_otherwise_is_never_touched() throws IOException {
    List<Path> theirs = new ArrayList<>();
    for (String name :
        List.of(".belay-1.backup", ".belay-x-1-1-x.backup", ".belay-1.new", "my.belay-1.backup")) {
      theirs.add(Files.createFile(folder.resolve(name)));
    }
    theirs.add(Files.createDirectory(folder.resolve(DraftName.ofThisProcess())));
    age(theirs, Duration.ofDays(300));

    DraftName.sweep(draft);

    assertThat(files()).containsAll(theirs);
  }

  private Path leave(ProcessMark mark, String suffix) throws IOException {
    String name = DraftName.ofThisProcess().replace(OWN.toString(), mark.toString());
    return Files.createFile(folder.resolve(name + suffix));
  }

  private void age(List<Path> files, Duration age) throws IOException {
    for (Path file : files) {
      FileTime now = Files.getLastModifiedTime(draft);
      Files.setLastModifiedTime(file, FileTime.from(now.toInstant().minus(age)));
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  /** The child: says its mark and waits. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    parent.say(ProcessMark.ofThisProcess().toString());
    String unused = parent.hear();
  }
}

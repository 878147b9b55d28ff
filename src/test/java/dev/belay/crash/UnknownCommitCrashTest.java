package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.SessionEvent;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Programs;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A COMMIT that fails in the middle of writing.
 *
 * <p>Goal: nobody is told a result that is not known, and the store goes on. Method: the operating
 * system limits the size of the files that a child may write, so that the write of its log fails in
 * the COMMIT with an I/O error, which tells SQLite nothing of what has reached the file.
 */
@EnabledOnOs(OS.LINUX)
class UnknownCommitCrashTest {
  /** In blocks of 1 KiB: room for the driver's library, and for a few commits. */
  private static final List<String> LIMITED =
      List.of("bash", "-c", "ulimit -f 4096; exec \"$@\"", "limited");

  private static final int CHILDREN_MAX = 20;

  @TempDir Path folder;

  @Test
  void the_caller_is_told_that_the_outcome_is_unknown_and_the_store_goes_on() throws Exception {
    Programs.require("bash");
    Path file = folder.resolve("belay.db");
    try (ChildJvm child =
        ChildCommand.of(UnknownCommitChild.class, file).withWrapper(LIMITED).start()) {
      assertThat(child.readLine()).isEqualTo("unknown, retryable: false");
      assertThat(child.readLine()).isEqualTo("the others are there");
      assertThat(child.readLine()).isEqualTo("goes on");
    }

    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      assertThat(belay.sessions().history("run", 1))
          .extracting(SessionEvent::payload)
          .containsExactly("small");
    }
  }

  @Test
  void nobody_is_answered_by_what_a_neighbours_unknown_commit_wrote() throws Exception {
    for (int i = 0; i < CHILDREN_MAX; i++) {
      Path file = folder.resolve("group" + i + ".db");
      try (ChildJvm child =
          ChildCommand.of(UnknownGroupChild.class, file).withWrapper(LIMITED).start()) {
        String shared = child.readLine();
        assertThat(child.readLine()).isEqualTo("b is true");
        assertThat(child.readLine()).isEqualTo("c is true");
        if (shared.equals("shared")) {
          return;
        }
      }
    }
    throw new AssertionError("in no child did the bodies share the transaction that was lost");
  }
}

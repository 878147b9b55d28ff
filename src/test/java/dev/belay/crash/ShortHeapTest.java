package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a process that was short of memory for moments serves every verb afterwards, and holds no
 * lock against others.
 *
 * <p>Method: a smoke test beside {@code FaultMatrixTest}: where the errors strike is the machine's
 * choice.
 */
@Tag("long")
class ShortHeapTest {
  private static final int PROCESSES = 3;

  @TempDir Path dir;

  @Test
  void every_verb_and_every_process_is_served_once_there_is_memory_again() throws Exception {
    for (int i = 0; i < PROCESSES; i++) {
      Path file = dir.resolve("belay" + i + ".db");
      ChildCommand command =
          ChildCommand.of(ShortHeapChild.class, file)
              .withJvmOptions("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
      try (ChildJvm child = command.start()) {
        assertThat(child.readLine()).isNotEqualTo("0 errors").endsWith(" errors");
        child.expect("every verb is served");
        child.expect("the worker runs");
        PlainSqlite.execute(file, "BEGIN IMMEDIATE", "COMMIT");
        assertThat(child.ask("close")).isEqualTo("closed");
      }
    }
  }
}

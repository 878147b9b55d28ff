package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: threads whose stack overflows anywhere inside a verb keep no other thread waiting.
 *
 * <p>Method: a smoke test beside {@code FaultMatrixTest}: where the errors strike is the machine's
 * choice. The only verdict is that a fresh thread is served after each.
 */
@Tag("long")
class DeepStackTest {
  private static final int THREADS = 25;

  @TempDir Path dir;

  @Test
  void a_fresh_thread_is_served_after_others_used_up_their_stack_in_a_verb() throws Exception {
    for (String verb : List.of("commit", "write", "read", "call", "enqueue")) {
      for (String file : List.of(dir.resolve(verb + ".db").toString(), "memory")) {
        try (ChildJvm child = ChildCommand.of(DeepStackChild.class, file, verb, THREADS).start()) {
          for (int i = 0; i < THREADS; i++) {
            child.expect("served");
          }
          assertThat(child.readLine()).as(verb).doesNotContain(", 0 overflows");
          if (!file.equals("memory")) {
            PlainSqlite.execute(Path.of(file), "BEGIN IMMEDIATE", "COMMIT");
          }
          assertThat(child.ask("close")).isEqualTo("closed");
        }
      }
    }
  }
}

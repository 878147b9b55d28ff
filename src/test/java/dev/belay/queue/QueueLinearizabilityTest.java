package dev.belay.queue;

import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threads that share a queue see the answers of some order of their calls.
 *
 * <p>Method: Lincheck runs random scenarios and looks for such an order, with {@link
 * QueueSpecification} as the rule; in a JVM of its own, for it instruments the classes it runs.
 */
class QueueLinearizabilityTest {
  private static final int SCENARIOS = Effort.of(12, 30);

  @TempDir Path dir;

  @Test
  void enqueue_claim_complete_and_release_are_linearizable() {
    ChildCommand command =
        ChildCommand.of(QueueOperations.class, dir.resolve("belay.db"), SCENARIOS)
            .withJvmOptions("-Xshare:off", "-Xmx256m", "-XX:+EnableDynamicAgentLoading");
    try (ChildJvm child = command.start()) {
      child.expect("linearizable");
    }
  }
}

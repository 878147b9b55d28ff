package dev.belay.lease;

import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threads that share a lease see the answers of some order of their calls.
 *
 * <p>Method: Lincheck runs random scenarios and looks for such an order, with {@link
 * LeaseSpecification} as the rule. In a JVM of its own, for it instruments the classes it runs. No
 * step moves the clock: the members of a commit group share one instant, which is therefore a
 * little older than the call of some.
 */
class LeaseLinearizabilityTest {
  private static final int SCENARIOS = Effort.of(12, 30);

  @TempDir Path dir;

  @Test
  void acquire_renew_release_and_find_are_linearizable() {
    ChildCommand command =
        ChildCommand.of(LeaseOperations.class, dir.resolve("belay.db"), SCENARIOS)
            .withJvmOptions("-Xshare:off", "-Xmx256m", "-XX:+EnableDynamicAgentLoading");
    try (ChildJvm child = command.start()) {
      child.expect("linearizable");
    }
  }
}

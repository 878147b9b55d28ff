package dev.belay.kit.queue;

import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Threads that share a queue see the answers of some order of their calls.
 *
 * <p>Method: Lincheck runs random scenarios and looks for such an order, with {@link
 * QueueSpecification} as the rule; in a JVM of its own, for it instruments the classes it runs.
 */
@NeedsSharing
@OnEachForm(slow = true)
class QueueLinearizabilityTest {
  private static final int SCENARIOS = Effort.of(8, 30);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void enqueue_claim_complete_and_release_are_linearizable() {
    ChildCommand command =
        store
            .child(QueueOperations.class, SCENARIOS)
            .withJvmOptions("-Xshare:off", "-Xmx256m", "-XX:+EnableDynamicAgentLoading");
    try (ChildJvm child = command.start()) {
      child.expect("linearizable");
    }
  }
}

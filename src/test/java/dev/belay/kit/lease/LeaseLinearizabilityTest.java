package dev.belay.kit.lease;

import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Threads that share a lease see the answers of some order of their calls.
 *
 * <p>Method: Lincheck runs random scenarios and looks for such an order, with {@link
 * LeaseSpecification} as the rule. In a JVM of its own, for it instruments the classes it runs. No
 * step moves the clock: calls that share a transaction share one instant, which is therefore a
 * little older than some of the calls.
 */
@NeedsSharing
@OnEachForm(slow = true)
class LeaseLinearizabilityTest {
  private static final int SCENARIOS = Effort.of(8, 30);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void acquire_renew_release_and_find_are_linearizable() {
    ChildCommand command =
        store
            .child(LeaseOperations.class, SCENARIOS)
            .withJvmOptions("-Xshare:off", "-Xmx256m", "-XX:+EnableDynamicAgentLoading");
    try (ChildJvm child = command.start()) {
      child.expect("linearizable");
    }
  }
}

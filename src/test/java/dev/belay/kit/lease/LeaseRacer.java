package dev.belay.kit.lease;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.testing.Parent;
import java.time.Duration;

/**
 * A child that acquires each lease that its parent names: {@code args[0]} and {@code args[1]} name
 * the store, {@code args[2]} is its name as a holder. Answers with the token, or {@code held}.
 */
final class LeaseRacer {
  private LeaseRacer() {}

  public static void main(String[] args) {
    Parent parent = new Parent();
    try (Belay belay = Engine.open(args)) {
      parent.say("ready");
      for (String name = parent.hear(); !name.equals("end"); name = parent.hear()) {
        parent.say(
            belay
                .leases()
                .acquire(name, args[2], Duration.ofMinutes(10))
                .granted()
                .map(lease -> Long.toString(lease.token()))
                .orElse("held"));
      }
    }
  }
}

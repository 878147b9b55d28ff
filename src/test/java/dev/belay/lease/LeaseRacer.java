package dev.belay.lease;

import dev.belay.Belay;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A child that asks for each lease it is told: {@code args[0]} is the file, {@code args[1]} its
 * name as a holder. Answers with the token, or {@code held}.
 */
final class LeaseRacer {
  private LeaseRacer() {}

  public static void main(String[] args) {
    Parent parent = new Parent();
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      parent.say("ready");
      for (String name = parent.hear(); !name.equals("end"); name = parent.hear()) {
        parent.say(
            belay
                .leases()
                .acquire(name, args[1], Duration.ofMinutes(10))
                .granted()
                .map(lease -> Long.toString(lease.token()))
                .orElse("held"));
      }
    }
  }
}

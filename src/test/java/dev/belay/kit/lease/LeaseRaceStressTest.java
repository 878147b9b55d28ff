package dev.belay.kit.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.lease.Leases;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Patience;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many processes want one lease.
 *
 * <p>Goal: exactly one gets it, also the very first of a name, when there is no row yet to update.
 * Method: eight processes get a new name, all at once, at least fifty times and until two different
 * ones have won.
 */
@NeedsSharing
@OnEachForm(slow = true)
class LeaseRaceStressTest {
  private static final int PROCESSES = 8;
  private static final int ROUNDS = 50;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void of_eight_processes_that_race_for_a_new_name_one_wins_each_round() {
    List<ChildJvm> racers = new ArrayList<>();
    List<Long> tokens = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        racers.add(store.child(LeaseRacer.class, "racer-" + i).start());
      }
      racers.forEach(racer -> racer.expect("ready"));
      Set<ChildJvm> winners = new HashSet<>();
      Patience patience = Patience.begin();
      for (int round = 0; round < ROUNDS || winners.size() < 2; round++) {
        patience.check(() -> "one process is always first");
        String name = "prize-" + round;
        racers.forEach(racer -> racer.send(name));
        List<String> won = new ArrayList<>();
        for (ChildJvm racer : racers) {
          String answer = racer.readLine();
          if (!answer.equals("held")) {
            won.add(answer);
            winners.add(racer);
          }
        }
        assertThat(won).as(name).hasSize(1);
        tokens.add(Long.parseLong(won.get(0)));
      }
      racers.forEach(racer -> racer.send("end"));
      assertThat(racers).allMatch(racer -> racer.awaitExit() == 0);
    } finally {
      racers.forEach(ChildJvm::close);
    }

    if (store.promises(Promise.TOKENS_GROW_STORE_WIDE)) {
      assertThat(tokens).isSorted().doesNotHaveDuplicates();
    }
    assertThat(store.belay().leases().list(null, Leases.LIMIT_MAX))
        .extracting(Lease::token)
        .containsExactlyInAnyOrderElementsOf(tokens);
  }
}

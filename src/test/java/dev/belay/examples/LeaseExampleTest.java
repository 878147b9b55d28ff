package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.lease.Acquisition;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Acquisition.Held;
import dev.belay.lease.Lease;
import dev.belay.lease.LeaseKeeper;
import dev.belay.lease.Leases;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases: one holder of a name at a time, renewed while it works, checked by what it commits. */
class LeaseExampleTest {
  @TempDir Path folder;

  private final List<String> out = new ArrayList<>();
  private int steps = 3;

  @Test
  void one_process_at_a_time_makes_the_report() {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      // snippet: lease
      Duration ttl = Duration.ofSeconds(30); // a holder that dies keeps the name this long
      Leases leases = belay.leases();
      Acquisition answer = leases.acquire("report", "host-a", ttl);

      if (answer instanceof Granted granted) {
        try (LeaseKeeper keeper = leases.keep(granted.lease(), ttl, lost -> print("lost"))) {
          while (keeper.isHeld() && hasNextStep()) {
            doNextStep();
          }
          belay
              .sessions()
              .commit( // refused if the lease was lost meanwhile
                  SessionCommit.to("reports")
                      .append(NewEvent.of("report", "done"))
                      .fencedBy(keeper.lease()))
              .orThrow();
        } // releases the lease
      } else if (answer instanceof Held held) {
        print(held.holder() + " has it until " + held.until());
      }
      // end: lease

      assertThat(out).containsExactly("step", "step", "step");
      assertThat(belay.sessions().find("reports")).isPresent();
      assertThat(leases.find("report")).isEmpty();
    }
  }

  @Test
  void a_write_of_your_own_rests_on_the_lease() {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      Leases leases = belay.leases();
      Duration ttl = Duration.ofMinutes(1);
      leases.acquire("report", "host-a", ttl).granted().ifPresent(lease -> print(lease.holder()));
      Lease lease = leases.find("report").orElseThrow();

      // snippet: require
      belay.useWrite(
          tx -> {
            leases.require(tx, lease); // throws LeaseLostException: nothing below is written
            tx.handle().execute("CREATE TABLE report (text TEXT NOT NULL)");
          });
      // end: require

      assertThat(out).containsExactly("host-a");
    }
  }

  private boolean hasNextStep() {
    return steps > 0;
  }

  private void doNextStep() {
    steps--;
    print("step");
  }

  private void print(String line) {
    out.add(line);
  }
}

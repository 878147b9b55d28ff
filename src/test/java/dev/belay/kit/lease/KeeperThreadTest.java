package dev.belay.kit.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.lease.LeaseKeeper;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Keepers in real time, on their own thread.
 *
 * <p>A keeper that gets no processor for a ttl loses its lease, as it must. So the ttl grows until
 * it is long for the machine that this runs on.
 */
@OnEachForm(slow = true)
class KeeperThreadTest {
  private static final Duration TTL = Duration.ofSeconds(3);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void many_leases_outlive_their_ttl_on_one_daemon_thread() {
    Patience patience = Patience.begin();
    for (Duration ttl = TTL; !leasesOutlive(ttl); ttl = ttl.multipliedBy(3)) {
      patience.check(() -> "leases do not outlive any ttl");
    }
  }

  /** Whether no keeper has lost its lease until all have outlived their ttl. */
  private boolean leasesOutlive(Duration ttl) {
    try (Belay belay = store.another()) {
      List<LeaseKeeper> keepers = new ArrayList<>();
      for (int i = 0; i < 21; i++) {
        keepers.add(keep(belay, "lease-" + i, ttl));
      }
      Instant outlived = keepers.get(20).lease().expiresAt().plus(ttl);
      Patience.until(
          "all leases are renewed past their ttl, or one is lost",
          () ->
              keepers.stream()
                  .allMatch(
                      keeper ->
                          !keeper.isHeld() || !keeper.lease().expiresAt().isBefore(outlived)));
      if (!keepers.stream().allMatch(LeaseKeeper::isHeld)) {
        return false;
      }
      // those of stores that have been closed end by themselves
      Patience.until("one thread keeps all leases", () -> keeperThreads().size() == 1);
      assertThat(keeperThreads()).allMatch(Thread::isDaemon);
      return true;
    }
  }

  private static List<Thread> keeperThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("belay-keeper"))
        .toList();
  }

  private static LeaseKeeper keep(Belay belay, String name, Duration ttl) {
    Lease lease = belay.leases().acquire(name, "a", ttl).granted().orElseThrow();
    return belay.leases().keep(lease, ttl, lost -> {});
  }
}

package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keepers in real time, on their own thread. */
class KeeperThreadTest {
  private static final Duration TTL = Duration.ofSeconds(3);

  @TempDir Path dir;

  @Test
  void many_leases_outlive_their_ttl_on_one_daemon_thread() {
    try (Belay belay = Belay.open(dir.resolve("belay.db"), TestOptions.defaults())) {
      LeaseKeeper first = keep(belay, "first");
      for (int i = 0; i < 20; i++) {
        keep(belay, "other" + i);
      }
      Instant expiry = first.lease().expiresAt();
      long end = System.nanoTime() + ChildJvm.PATIENCE.toNanos();
      while (first.lease().expiresAt().isBefore(expiry.plus(TTL))) {
        assertThat(System.nanoTime() - end).isNegative();
        LockSupport.parkNanos(1_000_000);
      }

      assertThat(first.isHeld()).isTrue();
      assertThat(belay.leases().list(null, 100)).hasSize(21);
      assertThat(
              Thread.getAllStackTraces().keySet().stream()
                  .filter(thread -> thread.getName().equals("belay-keeper")))
          .isNotEmpty()
          .allMatch(Thread::isDaemon);
    }
  }

  private static LeaseKeeper keep(Belay belay, String name) {
    Lease lease = belay.leases().acquire(name, "a", TTL).granted().orElseThrow();
    return belay.leases().keep(lease, TTL, lost -> {});
  }
}

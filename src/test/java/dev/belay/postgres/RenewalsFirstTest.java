package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: what keeps a grant alive waits for no write of the application. */
class RenewalsFirstTest {
  private static final Duration TTL = Duration.ofMinutes(1);

  @RegisterExtension final StoreExtension store = StoreExtension.on(PostgresEngine.SCHEMA);

  @Test
  void a_renewal_returns_while_all_writers_stand_still_and_others_wait() throws Exception {
    Belay belay = store.belay();
    Lease lease = belay.leases().acquire("l", "me", TTL).granted().orElseThrow();
    WorkQueue queue = belay.queue("q");
    queue.enqueue(NewWork.of("p"));
    Claim claim = queue.claim("w", TTL).orElseThrow();
    CompletableFuture<Integer> waiting;
    try (Standstill standstill = store.standstill(belay)) {
      waiting = belay.tx().writeAsync(tx -> 1);

      assertThat(belay.leases().renew(lease, TTL).renewed()).isPresent();
      assertThat(queue.renew(claim, TTL).renewed()).isPresent();

      assertThat(waiting).isNotDone();
      standstill.end();
    }
    assertThat(Patience.get(waiting)).isEqualTo(1);
  }
}

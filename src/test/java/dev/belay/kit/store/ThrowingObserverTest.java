package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.BelayObserver;
import dev.belay.testing.LogProbe;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An observer that throws from every method: logged, and nobody else learns of it. */
@OnEachForm
class ThrowingObserverTest {
  private static final Duration TTL = Duration.ofMinutes(1);
  private final RuntimeException thrown = new IllegalStateException("of the observer");

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.onEachForm().with(options -> options.withObserver(new Throwing()));

  private final class Throwing implements BelayObserver {
    @Override
    public void transaction(TxEvent event) {
      throw thrown;
    }

    @Override
    public void sessionCommit(CommitEvent event) {
      throw thrown;
    }

    @Override
    public void lease(LeaseEvent event) {
      throw thrown;
    }

    @Override
    public void claim(ClaimEvent event) {
      throw thrown;
    }

    @Override
    public void settlement(SettlementEvent event) {
      throw thrown;
    }

    @Override
    public void checkpoint(CheckpointEvent event) {
      throw thrown;
    }

    @Override
    public void attemptFailed(AttemptFailure failure) {
      throw thrown;
    }
  }

  @Test
  void every_verb_has_its_outcome_and_what_was_thrown_is_logged() {
    Belay belay = store.belay();
    WorkQueue queue = belay.queue("q");
    try (LogProbe log = LogProbe.recording()) {
      assertThat(belay.leases().acquire("l", "h", TTL).granted()).isPresent();
      belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();
      long id = queue.enqueue(NewWork.of("p")).workId();
      Claim claim = queue.claim("w", TTL).orElseThrow();
      queue.complete(claim, "r").orThrow();
      assertThat(belay.tx().writeAsync(tx -> 7).join()).isEqualTo(7);

      assertThat(queue.find(id).orElseThrow().result()).isEqualTo("r");
      assertThat(belay.sessions().history("s")).hasSize(1);
      assertThat(belay.leases().find("l")).isPresent();
      assertThat(log.errors()).hasSizeGreaterThan(6).containsOnly(thrown);
    }
    assertThat(belay.check()).isEmpty();
  }
}

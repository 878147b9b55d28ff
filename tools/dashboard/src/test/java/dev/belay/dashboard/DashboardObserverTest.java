package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.AttemptFailure;
import dev.belay.store.BelayObserver.CheckpointEvent;
import dev.belay.store.BelayObserver.ClaimEvent;
import dev.belay.store.BelayObserver.CommitEvent;
import dev.belay.store.BelayObserver.LeaseEvent;
import dev.belay.store.BelayObserver.SettlementEvent;
import dev.belay.store.BelayObserver.TxEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is kept of a process, and that it is bounded.
 *
 * <p>Goal: an hour of numbers, the last 500 events, and nothing withheld from the host. Method:
 * events as a store tells them, and a clock that the test moves.
 */
class DashboardObserverTest {
  private final ManualClock clock = new ManualClock();
  private final List<Object> passedOn = new ArrayList<>();
  private final DashboardObserver observer = new DashboardObserver(new Noting(), clock);

  /** Notes its events. Belongs to the test. */
  private final class Noting implements BelayObserver {
    @Override
    public void transaction(TxEvent event) {
      passedOn.add(event);
    }

    @Override
    public void sessionCommit(CommitEvent event) {
      passedOn.add(event);
    }

    @Override
    public void lease(LeaseEvent event) {
      passedOn.add(event);
    }

    @Override
    public void claim(ClaimEvent event) {
      passedOn.add(event);
    }

    @Override
    public void settlement(SettlementEvent event) {
      passedOn.add(event);
    }

    @Override
    public void checkpoint(CheckpointEvent event) {
      passedOn.add(event);
    }

    @Override
    public void attemptFailed(AttemptFailure failure) {
      passedOn.add(failure);
    }

    @Override
    public void completionLost(String queue, long workId, String worker, int attempt) {
      passedOn.add(workId);
    }
  }

  private static TxEvent write(int lockMs, @Nullable Throwable failure) {
    return new TxEvent(
        TxEvent.Kind.WRITE,
        failure == null ? TxEvent.Outcome.COMPLETED : TxEvent.Outcome.FAILED,
        Duration.ofMillis(lockMs + 1L),
        Duration.ofMillis(lockMs),
        Duration.ofMillis(lockMs + 5L),
        1,
        1,
        failure);
  }

  @Test
  void every_event_reaches_the_host() {
    observer.transaction(write(0, null));
    observer.sessionCommit(new CommitEvent("s", CommitEvent.Outcome.COMMITTED, 1, 1));
    observer.lease(new LeaseEvent("l", "h", 1, LeaseEvent.Outcome.RENEWED));
    observer.claim(new ClaimEvent("q", 1, "w", 1, 1, ClaimEvent.Outcome.GRANTED));
    observer.settlement(new SettlementEvent("q", 1, "w", 1, 1, SettlementEvent.Outcome.COMPLETED));
    observer.checkpoint(new CheckpointEvent(1, 0, Duration.ZERO, null));
    observer.attemptFailed(
        new AttemptFailure(
            "q", 1, "w", 1, 1, new IllegalStateException(), AttemptFailure.Outcome.BURIED));
    observer.completionLost("q", 7, "w", 1);

    assertThat(passedOn).hasSize(8);
    assertThat(observer.notes()).isEmpty(); // routine successes are only counted
  }

  @Test
  void numbers_are_of_the_last_hour_in_samples_of_five_seconds() {
    observer.transaction(write(0, null));
    clock.advance(Duration.ofSeconds(5));
    observer.transaction(write(40, null));
    observer.transaction(write(20, new IllegalStateException()));

    List<Sample> samples = observer.samples();
    assertThat(samples).hasSize(720);
    Sample last = samples.get(719);
    assertThat(samples.get(718).writes).isEqualTo(1);
    assertThat(last.writes).isEqualTo(1);
    assertThat(last.failed).isEqualTo(1);
    assertThat(last.lockWaits).isEqualTo(2);
    assertThat(last.lockMaxNanos).isEqualTo(Duration.ofMillis(40).toNanos());

    clock.advance(Duration.ofMinutes(60).minusSeconds(5));
    assertThat(observer.samples().get(0).writes).isEqualTo(1);
    clock.advance(Duration.ofSeconds(5));
    assertThat(observer.samples()).allMatch(sample -> sample.writes == 0);
    clock.advance(Duration.ofDays(400));
    observer.transaction(write(0, null));
    assertThat(observer.samples().get(719).writes).isEqualTo(1);
    clock.advance(Duration.ofDays(-1));
    observer.transaction(write(0, null));
    assertThat(observer.samples().get(719).writes).isEqualTo(2);
  }

  @Test
  void the_last_500_events_are_kept_and_the_displaced_of_as_many_takeovers() {
    for (int i = 1; i <= 2_000; i++) {
      observer.lease(
          new LeaseEvent(
              "l" + i,
              "h",
              i,
              LeaseEvent.Outcome.GRANTED,
              new LeaseEvent.Displaced("old", i - 1, clock.instant())));
    }

    assertThat(observer.notes()).hasSize(500);
    assertThat(observer.notes().get(0).name()).isEqualTo("l2000");
    assertThat(observer.displacedBy(2_000)).isPresent();
    assertThat(observer.displacedBy(1_501)).isPresent();
    assertThat(observer.displacedBy(1_500)).isEmpty();
    assertThat(observer.samples().get(719).takeovers).isEqualTo(2_000);
  }

  @Test
  void what_a_stale_holder_tried_is_noted_wherever_it_tried() {
    observer.lease(new LeaseEvent("l", "h", 4, LeaseEvent.Outcome.LOST));
    observer.claim(new ClaimEvent("q", 1, "w", 5, 1, ClaimEvent.Outcome.LOST));
    observer.settlement(new SettlementEvent("q", 1, "w", 5, 1, SettlementEvent.Outcome.CLAIM_LOST));
    observer.sessionCommit(new CommitEvent("s", CommitEvent.Outcome.LEASE_LOST, 0, 0));
    observer.sessionCommit(new CommitEvent("s", CommitEvent.Outcome.CLAIM_LOST, 0, 0));

    assertThat(observer.notes()).hasSize(5).allMatch(note -> note.tone() == Note.Tone.STALE);
    assertThat(observer.samples().get(719).stale).isEqualTo(5);
  }
}

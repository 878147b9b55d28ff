package dev.belay.kit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.NewWork;
import dev.belay.queue.Work;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Parent;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: work that kills whatever process does it is given up, and holds nothing else up.
 *
 * <p>Method: workers in processes of their own, each halted by its handler, until the work is
 * buried; then one more does what stood behind. The clock of each stands still, past the expiry of
 * the claims of the one before: a claim lapses because its worker has died and for no other reason.
 */
@NeedsSharing
@OnEachForm
class DeadlyWorkCrashTest {
  private static final int ATTEMPTS_MAX = 3;
  private static final int HALTED = 7;
  private static final Duration TTL = Duration.ofHours(1);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();

  @Test
  void work_that_kills_its_process_is_buried_after_its_last_attempt() throws Exception {
    Belay belay = store.belay();
    NewWork deadly = NewWork.of("deadly").withAttemptsMax(ATTEMPTS_MAX).withPriority(1);
    long id = belay.queue("jobs").enqueue(deadly).workId();
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      try (ChildJvm child = workingChild()) {
        child.expect("deadly " + attempt);
        assertThat(child.awaitExit()).isEqualTo(HALTED);
      }
      store.clock.advance(TTL);
    }
    long good = belay.queue("jobs").enqueue(NewWork.of("good")).workId();

    try (ChildJvm child = workingChild()) {
      child.expect("good 1");
      Optional<Work> done = belay.queue("jobs").awaitFinished(good, Patience.LIMIT);
      Optional<Work> buried = belay.queue("jobs").awaitFinished(id, Patience.LIMIT);

      assertThat(done.orElseThrow().state()).isEqualTo(WorkState.DONE);
      assertThat(buried.orElseThrow().state()).isEqualTo(WorkState.BURIED);
      assertThat(buried.orElseThrow().attempt()).isEqualTo(ATTEMPTS_MAX);
    }
  }

  private ChildJvm workingChild() {
    return store.child(WorkingChild.class, store.clock.instant()).start();
  }

  /** Works the queue at a time, says what it works on, and dies of what is deadly. */
  static final class WorkingChild {
    private WorkingChild() {}

    public static void main(String[] args) {
      Parent parent = new Parent();
      ManualClock clock = new ManualClock(Instant.parse(args[2]));
      try (Belay belay = Engine.open(args, options -> options.withClock(clock));
          Worker worker =
              belay
                  .queue("jobs")
                  .worker(
                      (claim, context) -> {
                        parent.say(claim.payload() + " " + claim.attempt());
                        if (claim.payload().equals("deadly")) {
                          Runtime.getRuntime().halt(HALTED);
                        }
                      })
                  .ttl(TTL)
                  .start()) {
        while (!worker.name().isEmpty()) {
          parent.hear();
        }
      }
    }
  }
}

package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.Work;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Tests of an application: a store in memory, and a clock that the test moves. */
class ManualClockExampleTest {

  // snippet: clock
  static final class ManualClock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    void advance(Duration by) {
      now = now.plus(by);
    }
  }

  // end: clock

  // snippet: scheduled
  @Test
  void a_reminder_is_due_after_an_hour_and_a_claim_lapses() {
    ManualClock clock = new ManualClock();
    try (Belay belay = Belay.openInMemory(BelayOptions.defaults().withClock(clock))) {
      WorkQueue reminders = belay.queue("reminders");
      reminders.enqueue(
          NewWork.of("call Ada").notBefore(clock.instant().plus(Duration.ofHours(1))));
      Duration ttl = Duration.ofMinutes(1);
      assertThat(reminders.claim("test", ttl)).isEmpty();

      clock.advance(Duration.ofHours(1));
      Claim claim = reminders.claim("test", ttl).orElseThrow();

      clock.advance(ttl); // the claim was not renewed
      assertThat(reminders.complete(claim)).isEqualTo(Settlement.CLAIM_LOST);
    }
  }

  // end: scheduled

  // snippet: handler
  @Test
  void the_handler_answers() throws InterruptedException {
    try (Belay belay = Belay.openInMemory()) {
      WorkQueue questions = belay.queue("questions");
      long id = questions.enqueue(NewWork.of("tea?")).workId();

      questions.worker((claim, context) -> context.result("yes")).start();

      Work done = questions.awaitFinished(id, Duration.ofMinutes(1)).orElseThrow();
      assertThat(done.state()).isEqualTo(WorkState.DONE);
      assertThat(done.result()).isEqualTo("yes");
    } // stops the worker too
  }
  // end: handler
}

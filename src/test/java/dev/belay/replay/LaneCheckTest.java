package dev.belay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.Claim;
import dev.belay.queue.WorkQueue;
import dev.belay.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job is only worth its checks: each kind of difference must be seen. */
class LaneCheckTest {
  private static final Duration TTL = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();

  @AutoClose
  private final Belay belay = Belay.openInMemory(BelayOptions.defaults().withClock(clock));

  private final WorkQueue queue = AgentTurn.queue(belay);
  private Transcript transcript;

  @BeforeEach
  void read_a_run_of_two_turns() throws IOException {
    String line = "{\"role\":\"assistant\"}\n";
    transcript = Transcript.read(Files.writeString(folder.resolve("run.jsonl"), line + line));
  }

  @Test
  void turns_done_in_their_order_have_no_difference() {
    doTurn(0);
    clock.advance(Duration.ofMillis(1));
    doTurn(1);

    LaneCheck check = compared();

    assertThat(check.differences()).isEmpty();
    assertThat(check.turns()).isEqualTo(2);
  }

  @Test
  void a_model_that_failed_is_no_difference_and_another_error_is() {
    enqueue(0);
    queue.fail(claim(), Agent.MODEL_DOWN);
    clock.advance(TTL);
    complete(claim());
    enqueue(1);
    queue.fail(claim(), "a bug");
    clock.advance(TTL);
    complete(claim());

    assertThat(compared().differences()).containsExactly("run failed in turn 1: a bug");
  }

  @Test
  void a_turn_that_is_missing_is_seen() {
    doTurn(0);

    assertThat(compared().differences()).containsExactly("run has 1 turns done, its file 2");
  }

  @Test
  void a_turn_that_was_done_twice_is_seen() {
    doTurn(0);
    doTurn(0);
    doTurn(1);

    assertThat(compared().differences())
        .contains("run has 3 turns done, its file 2", "run has another turn as number 1");
  }

  @Test
  void work_that_is_left_is_seen() {
    doTurn(0);
    doTurn(1);
    enqueue(1);

    assertThat(compared().differences()).containsExactly("1 turns are READY");
  }

  @Test
  void work_of_no_file_is_seen() {
    doTurn(0);
    doTurn(1);
    queue.enqueue(new AgentTurn(transcript, 2, 0).toWork());
    complete(claim());

    assertThat(compared().differences()).containsExactly("3 turns are done, of the files 2");
  }

  @Test
  void a_token_that_its_agent_did_not_have_is_seen() {
    doTurn(0);
    enqueue(1);
    Claim claim = claim();
    queue.complete(claim, "7");

    assertThat(compared().differences()).hasSize(1);
  }

  @Test
  void a_wake_takes_from_the_enqueueing_to_the_claim() {
    for (int turn = 0; turn < 2; turn++) {
      enqueue(turn);
      clock.advance(Duration.ofMillis(10L * (turn + 1)));
      complete(claim());
    }

    LaneCheck check = compared();

    assertThat(check.wakeMs(50)).isEqualTo(10);
    assertThat(check.wakeMs(100)).isEqualTo(20);
  }

  private void doTurn(int number) {
    enqueue(number);
    complete(claim());
  }

  private void enqueue(int number) {
    queue.enqueue(new AgentTurn(transcript, 1, number).toWork());
  }

  private Claim claim() {
    return queue.claim("agent", TTL).orElseThrow();
  }

  private void complete(Claim claim) {
    queue.complete(claim, Long.toString(claim.token()));
  }

  private LaneCheck compared() {
    LaneCheck check = new LaneCheck(belay);
    check.compare(transcript, 1);
    return check;
  }
}

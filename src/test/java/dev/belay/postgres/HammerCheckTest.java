package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.postgres.HammerAudit.Change;
import dev.belay.postgres.HammerAudit.Told;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Goal: the checker of the hammer finds each kind of broken rule, and nothing in a sound run. */
class HammerCheckTest {
  private static final long NOW = 1_000;

  private final List<Change> changes = new ArrayList<>();
  private final List<Told> told = new ArrayList<>();

  @Test
  void a_sound_run_breaks_no_rule() {
    enqueued(1, "l", 1);
    enqueued(2, "l", 2);
    work(1, "l", "READY", "CLAIMED", 0, 7, 1, 1);
    work(1, "l", "CLAIMED", "DONE", 7, 7, 1, 0);
    work(2, "l", "WAITING", "READY", 0, 0, 2, 2);
    work(2, "l", "READY", "CLAIMED", 0, 8, 2, 2);
    work(2, "l", "CLAIMED", "CLAIMED", 8, 9, 2, 2);
    work(2, "l", "CLAIMED", "DONE", 9, 9, 2, 0);
    lease(null, "a", 0, 3);
    lease("a", "", 3, 3);
    lease("", "b", 3, 4);
    told.add(new Told("complete", "told", 1, 7, ""));
    told.add(new Told("complete", "refused", 2, 8, ""));

    HammerCheck.Result result = HammerCheck.of(changes, told);

    assertThat(result.violations()).isEmpty();
    assertThat(result.grants()).isEqualTo(5);
    assertThat(result.lapses()).isEqualTo(1);
  }

  @Test
  void two_grants_of_one_lane_are_found() {
    enqueued(1, "l", 1);
    enqueued(2, "l", 2);
    work(1, "l", "READY", "CLAIMED", 0, 7, 1, 1);
    work(2, "l", "WAITING", "CLAIMED", 0, 8, 2, 2);
    assertBroken("two grants of one lane");
  }

  @Test
  void work_that_is_done_out_of_order_is_found() {
    enqueued(1, "l", 1);
    enqueued(2, "l", 2);
    work(2, "l", "WAITING", "CLAIMED", 0, 7, 2, 2);
    work(2, "l", "CLAIMED", "DONE", 7, 7, 2, 0);
    assertBroken("done before the work ahead of it");
    assertBroken("claimed behind work that is not");
    assertBroken("work that never ended");
  }

  @Test
  void a_token_that_comes_back_is_found() {
    enqueued(1, null, 0);
    work(1, null, "READY", "CLAIMED", 0, 7, 0, 0);
    work(1, null, "CLAIMED", "READY", 7, 7, 0, 0);
    work(1, null, "READY", "CLAIMED", 7, 7, 0, 0);
    assertBroken("a token that does not grow");
  }

  @Test
  void a_grant_that_is_replaced_while_it_is_live_is_found() {
    lease(null, "a", 0, 3);
    changes.add(new Change("9", true, 0, "n", "a", "b", 3, 4, 0, 0, NOW + 1, NOW + 9, NOW, NOW));
    assertBroken("a grant that replaces a live one");
  }

  @Test
  void work_that_is_finished_twice_is_found() {
    enqueued(1, null, 0);
    work(1, null, "READY", "CLAIMED", 0, 7, 0, 0);
    work(1, null, "CLAIMED", "DONE", 7, 7, 0, 0);
    work(1, null, "DONE", "CLAIMED", 7, 8, 0, 0);
    assertBroken("moved after its end");
  }

  @Test
  void outcomes_that_are_not_so_are_found() {
    enqueued(1, null, 0);
    work(1, null, "READY", "CLAIMED", 0, 7, 0, 0);
    work(1, null, "CLAIMED", "DONE", 7, 7, 0, 0);
    told.add(new Told("complete", "refused", 1, 7, ""));
    told.add(new Told("complete", "told", 1, 6, ""));
    told.add(new Told("enqueue", "told", 2, 0, ""));
    told.add(new Told("claim", "told", 1, 6, ""));
    told.add(new Told("lease", "told", 0, 6, "n"));
    assertBroken("told that it is lost, but done");
    assertBroken("completed, but not done");
    assertBroken("enqueued, but lost");
    assertBroken("claimed, but lost");
    assertBroken("leased, but lost");
    assertBroken("enqueued, though");
  }

  private void enqueued(long id, @Nullable String lane, long pos) {
    String state = pos > 1 ? "WAITING" : "READY";
    changes.add(new Change("x" + id, false, id, lane, null, state, 0, 0, 0, pos, 0, 0, NOW, null));
    if (lane != null) {
      told.add(new Told("enqueue", "told", id, 0, ""));
    }
  }

  private void work(
      long id,
      @Nullable String lane,
      String from,
      String to,
      long oldToken,
      long newToken,
      long oldPos,
      long newPos) {
    changes.add(
        new Change(
            "t" + changes.size(),
            false,
            id,
            lane,
            from,
            to,
            oldToken,
            newToken,
            oldPos,
            newPos,
            NOW,
            NOW,
            NOW,
            NOW));
  }

  private void lease(@Nullable String from, String to, long oldToken, long newToken) {
    changes.add(
        new Change("9", true, 0, "n", from, to, oldToken, newToken, 0, 0, NOW, NOW, NOW, NOW));
  }

  private void assertBroken(String rule) {
    assertThat(HammerCheck.of(changes, told).violations())
        .as(rule)
        .anyMatch(violation -> violation.startsWith(rule));
  }
}

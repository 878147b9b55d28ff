package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Goal: a process that writes without a rest lets others go first, one that is alone never waits,
 * and who has waited long tries often. Method: the rules alone, with times made up.
 */
class LockTurnTest {
  private static final long START = Long.MAX_VALUE - ms(50); // nanoTime may overflow on the way

  private final LockTurn turn = new LockTurn();

  @Test
  void who_never_met_others_never_gives_way() {
    assertThat(turn.isOver(START)).isFalse();
    assertThat(turn.isOver(START + ms(500))).isFalse();
  }

  @Test
  void who_took_the_lock_from_others_gives_way_after_its_turn() {
    turn.begins(START);

    assertThat(turn.isOver(START + ms(10))).isFalse();
    assertThat(turn.isOver(START + ms(11))).isTrue();
    assertThat(turn.giveWayNanos()).isBetween(ms(1), ms(2));
  }

  @Test
  void who_gave_way_to_nobody_twice_gives_way_no_more() {
    turn.begins(START);

    turn.goesOn(START + ms(11));
    assertThat(turn.isOver(START + ms(12))).isFalse();
    assertThat(turn.isOver(START + ms(22))).isTrue();

    turn.goesOn(START + ms(22));
    assertThat(turn.isOver(START + ms(40))).isFalse();
  }

  @Test
  void who_met_others_long_ago_does_not_give_way() {
    turn.begins(START);

    assertThat(turn.isOver(START + ms(1_001))).isFalse();
  }

  @Test
  void a_first_wait_begins_with_short_parks() {
    assertThat(turn.parkNanos(START, 0)).isLessThan(ms(1));
    assertThat(turn.parkNanos(START, ms(2))).isBetween(ms(2), ms(3));
    assertThat(turn.parkNanos(START, ms(20))).isEqualTo(ms(4));
  }

  @Test
  void a_wait_soon_after_another_begins_with_long_parks() {
    turn.begins(START);

    assertThat(turn.parkNanos(START + ms(900), 0)).isEqualTo(ms(4));
    assertThat(turn.parkNanos(START + ms(1_100), 0)).isLessThan(ms(1));
  }

  @Test
  void who_has_waited_long_tries_more_often_though_not_all_the_time() {
    turn.begins(START);

    assertThat(turn.parkNanos(START, ms(30))).isEqualTo(ms(4));
    assertThat(turn.parkNanos(START, ms(60))).isEqualTo(ms(2));
    assertThat(turn.parkNanos(START, ms(120))).isEqualTo(ms(1));
    assertThat(turn.parkNanos(START, ms(60_000))).isEqualTo(ms(1));
  }

  private static long ms(long ms) {
    return TimeUnit.MILLISECONDS.toNanos(ms);
  }
}

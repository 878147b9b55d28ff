package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Goal: a process that writes without a rest lets others go first; one that is alone or rests never
 * gives way; and who has waited long tries often. Method: the rules alone, with times made up.
 */
class LockBackOffTest {
  private static final long START = Long.MAX_VALUE - ms(50); // nanoTime may overflow on the way

  private final LockBackOff turn = new LockBackOff(START);

  @Test
  void who_never_met_others_never_gives_way() {
    writeUntil(ms(200));

    assertThat(isOver(ms(200))).isFalse();
  }

  @Test
  void who_writes_without_a_rest_and_met_others_gives_way_after_its_turn() {
    takeFromOthers(0);
    writeUntil(ms(10));

    assertThat(isOver(ms(10))).isFalse();
    assertThat(isOver(ms(11))).isTrue();
    assertThat(turn.giveWayNanos()).isBetween(ms(1), ms(2));
  }

  @Test
  void who_gave_way_has_a_turn_again_and_then_gives_way_again() {
    takeFromOthers(0);
    for (long now = ms(11); now < ms(500); now += ms(12)) {
      writeUntil(now);
      assertThat(isOver(now)).isTrue();

      turn.gaveWay(START + now + ms(1));
      assertThat(isOver(now + ms(1))).isFalse();
    }
  }

  @Test
  void who_took_the_lock_from_others_has_a_turn() {
    takeFromOthers(0);
    writeUntil(ms(8));
    takeFromOthers(ms(9));
    writeUntil(ms(19));

    assertThat(isOver(ms(19))).isFalse();
    assertThat(isOver(ms(20))).isTrue();
  }

  @Test
  void who_rests_does_not_give_way_and_has_a_turn_afterwards() {
    takeFromOthers(0);
    turn.taken(START + ms(2));

    assertThat(isOver(ms(27))).isFalse();

    takeFromOthers(ms(100));
    turn.taken(START + ms(102));
    assertThat(isOver(ms(127))).isFalse(); // has rested for 25 ms: its turn begins
    turn.taken(START + ms(127));
    writeUntil(ms(137));
    assertThat(isOver(ms(137))).isFalse();
    assertThat(isOver(ms(138))).isTrue();
  }

  @Test
  void who_met_others_long_ago_does_not_give_way() {
    takeFromOthers(0);
    writeUntil(ms(1_000));

    assertThat(isOver(ms(1_000))).isFalse();
  }

  @Test
  void who_holds_the_lock_for_long_gives_way_though_it_met_nobody() {
    hold(0, ms(6));
    assertThat(isOver(ms(6))).isFalse();
    hold(ms(6), ms(12));

    assertThat(isOver(ms(12))).isTrue();
    assertThat(turn.giveWayNanos()).isEqualTo(ms(1));
    turn.gaveWay(START + ms(13));
    assertThat(isOver(ms(13))).isFalse();
  }

  @Test
  void who_holds_the_lock_for_many_short_bodies_does_not_give_way_if_it_met_nobody() {
    for (long at = 0; at < ms(60); at += ms(6)) {
      turn.wants(START + at);
      turn.taken(START + at);
      turn.released(START + at + ms(6), 4);
    }

    assertThat(isOver(ms(60))).isFalse();
  }

  @Test
  void who_holds_the_lock_for_longer_than_a_rest_gives_way_for_longer() {
    hold(0, ms(24));
    assertThat(isOver(ms(24))).isTrue();
    assertThat(turn.giveWayNanos()).isEqualTo(ms(3));

    hold(ms(25), ms(200));
    assertThat(isOver(ms(200))).isTrue();
    assertThat(turn.giveWayNanos()).isEqualTo(ms(4));
  }

  @Test
  void who_rests_after_it_held_the_lock_for_long_does_not_give_way() {
    hold(0, ms(100));

    assertThat(isOver(ms(125))).isFalse();
  }

  @Test
  void a_first_wait_begins_with_short_parks() {
    turn.wants(START);
    turn.met(START);

    assertThat(turn.parkNanos(0)).isLessThan(ms(1));
    assertThat(turn.parkNanos(ms(2))).isBetween(ms(2), ms(3));
    assertThat(turn.parkNanos(ms(20))).isEqualTo(ms(4));
  }

  @Test
  void a_wait_after_a_rest_begins_with_short_parks_however_lately_others_were_met() {
    takeFromOthers(0);

    turn.wants(START + ms(26));
    assertThat(turn.parkNanos(0)).isLessThan(ms(1));
  }

  @Test
  void a_wait_amid_writes_begins_with_long_parks() {
    takeFromOthers(0);
    writeUntil(ms(900));
    turn.wants(START + ms(901));
    assertThat(turn.parkNanos(0)).isEqualTo(ms(4));

    writeUntil(ms(1_100));
    turn.wants(START + ms(1_101));
    assertThat(turn.parkNanos(0)).isLessThan(ms(1));
  }

  @Test
  void who_has_waited_long_tries_more_often_though_not_all_the_time() {
    takeFromOthers(0);
    turn.wants(START + ms(1));

    assertThat(turn.parkNanos(ms(30))).isEqualTo(ms(4));
    assertThat(turn.parkNanos(ms(60))).isEqualTo(ms(2));
    assertThat(turn.parkNanos(ms(120))).isEqualTo(ms(1));
    assertThat(turn.parkNanos(ms(60_000))).isEqualTo(ms(1));
  }

  private void takeFromOthers(long at) {
    turn.wants(START + at);
    turn.met(START + at);
    turn.takenFromOthers(START + at);
  }

  private void hold(long at, long end) {
    turn.wants(START + at);
    turn.taken(START + at);
    turn.released(START + end, 1);
  }

  /** Takes the lock every millisecond, always at the first try. */
  private void writeUntil(long end) {
    for (long at = Math.max(0, end - ms(100)); at <= end; at += ms(1)) {
      turn.taken(START + at);
    }
  }

  private boolean isOver(long at) {
    turn.wants(START + at);
    return turn.isOver(START + at);
  }

  private static long ms(long ms) {
    return TimeUnit.MILLISECONDS.toNanos(ms);
  }
}

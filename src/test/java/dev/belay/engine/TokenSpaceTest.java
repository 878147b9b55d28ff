package dev.belay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.testing.ManualClock;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens only ever grow, whatever happens to the store, the process and the clock. */
class TokenSpaceTest {
  private static final long START = ManualClock.START.toEpochMilli() * 1024;

  @RegisterExtension
  final StoreExtension store = StoreExtension.on(SqliteEngine.FILE).withManualClock();

  private final ManualClock clock = store.clock;
  private Path file;
  private Belay belay;
  private TokenSpace tokens;

  @BeforeEach
  void open() {
    file = Path.of(store.address());
    belay = store.belay();
    tokens = new TokenSpace();
  }

  private void reopen() {
    belay = store.reopen();
    tokens = new TokenSpace();
  }

  @Test
  void the_first_token_is_the_time_in_milliseconds_times_1024() {
    assertThat(next()).isEqualTo(START);
  }

  @Test
  void within_one_millisecond_tokens_go_on_by_one() {
    assertThat(List.of(next(), next(), next())).containsExactly(START, START + 1, START + 2);
  }

  @Test
  void a_token_follows_the_clock_when_the_clock_is_ahead() {
    next();
    clock.advance(Duration.ofMillis(1));

    assertThat(next()).isEqualTo(START + 1024);
  }

  @Test
  void more_grants_than_a_millisecond_has_room_for_run_ahead_of_the_clock() {
    long last = belay.write(tx -> many(tx, 3_000));
    clock.advance(Duration.ofMillis(1));

    assertThat(last).isEqualTo(START + 2_999);
    assertThat(next()).isEqualTo(START + 3_000);
  }

  @Test
  void with_the_clock_set_back_tokens_go_on_by_one() {
    long before = next();
    clock.advance(Duration.ofHours(-1));

    assertThat(next()).isEqualTo(before + 1);
    assertThat(next()).isEqualTo(before + 2);
  }

  @Test
  void a_clock_before_1970_counts_as_zero() {
    clock.set(Instant.parse("1969-12-31T23:59:59Z"));

    assertThat(next()).isEqualTo(1);
    assertThat(next()).isEqualTo(2);
  }

  @Test
  void a_token_seen_in_a_body_that_rolled_back_is_never_handed_out_again() {
    long seen = belay.tx().writeFlow(tx -> TxOutcome.rollback(many(tx, 5)));

    assertThat(next()).isEqualTo(seen + 1);
  }

  @Test
  void a_token_seen_in_a_body_that_threw_is_never_handed_out_again() {
    List<Long> seen = new ArrayList<>();
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      seen.add(tokens.next(tx));
                      throw new IllegalStateException("changed my mind");
                    }));

    assertThat(next()).isGreaterThan(seen.get(0));
  }

  @Test
  void tokens_grow_over_a_restart_with_the_clock_set_back() {
    long before = next();
    belay.close();
    clock.advance(Duration.ofHours(-1));
    reopen();

    assertThat(next()).isEqualTo(before + 1);
  }

  @Test
  void after_a_lost_counter_was_restored_the_clock_keeps_tokens_growing() throws SQLException {
    long lost = next();
    PlainSqlite.execute(file, "UPDATE belay_counter SET value = 7");
    belay.close();
    clock.advance(Duration.ofMillis(1));
    reopen();

    assertThat(next()).isGreaterThan(lost);
  }

  @Test
  void two_handles_on_one_file_share_the_space() {
    List<Long> seen = new ArrayList<>();
    try (Belay other = store.another()) {
      TokenSpace others = new TokenSpace();
      for (int i = 0; i < 5; i++) {
        seen.add(next());
        seen.add(other.write(others::next));
      }
    }

    assertThat(seen).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void a_token_needs_the_right_to_write() {
    belay.useRead(
        tx ->
            assertThatIllegalStateException()
                .isThrownBy(() -> tokens.next(tx))
                .withMessageContaining("write"));
  }

  @Test
  void a_clock_past_what_a_token_can_hold_is_refused() {
    clock.set(Instant.ofEpochMilli(TokenSpace.TOKEN_MAX / 1024 + 1));

    assertThatIllegalStateException().isThrownBy(this::next).withMessageContaining("the clock");
  }

  @Test
  void a_counter_at_its_end_is_corrupt_and_does_not_wrap() throws SQLException {
    store(TokenSpace.TOKEN_MAX - 1);
    belay.tx().writeFlow(tx -> TxOutcome.rollback(tokens.next(tx)));

    assertCorrupt(TokenSpace.TOKEN_MAX - 1);
    tokens = new TokenSpace();
    assertThat(next()).isEqualTo(TokenSpace.TOKEN_MAX);
    tokens = new TokenSpace();
    assertCorrupt(TokenSpace.TOKEN_MAX);
  }

  @Test
  void a_counter_that_would_overflow_is_corrupt() throws SQLException {
    store(Long.MAX_VALUE);

    assertCorrupt(Long.MAX_VALUE);
  }

  @Test
  void a_negative_counter_is_corrupt() throws SQLException {
    store(-1);

    assertCorrupt(-1);
  }

  @Test
  void a_missing_counter_is_corrupt() throws SQLException {
    PlainSqlite.execute(file, "DELETE FROM belay_counter");

    assertThatThrownBy(this::next)
        .isInstanceOf(StoreCorruptException.class)
        .hasMessageContaining("counter 'token'")
        .hasMessageEndingWith("found none");
  }

  private void assertCorrupt(long value) throws SQLException {
    assertThatThrownBy(this::next)
        .isInstanceOf(StoreCorruptException.class)
        .hasMessageContaining("counter 'token'")
        .hasMessageEndingWith("found " + value);
    assertThat(PlainSqlite.row(file, "SELECT value FROM belay_counter WHERE name = 'token'"))
        .isEqualTo("" + value);
  }

  /** Belay never writes such a value: the schema would refuse it. */
  private void store(long value) throws SQLException {
    try (var connection = PlainSqlite.connect(file)) {
      PlainSqlite.execute(
          connection,
          "PRAGMA ignore_check_constraints = ON",
          "UPDATE belay_counter SET value = " + value);
    }
  }

  private long next() {
    return belay.write(tokens::next);
  }

  private long many(Tx tx, int count) {
    long last = 0;
    for (int i = 0; i < count; i++) {
      long token = tokens.next(tx);
      assertThat(token).isGreaterThan(last);
      last = token;
    }
    return last;
  }
}

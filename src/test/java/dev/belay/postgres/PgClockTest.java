package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.postgres.PgBegin.Begun;
import dev.belay.store.Durability;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Goal: the time of a store is its server's, never the application's, and the server is told how
 * durable a commit is to be. Method: answers of a server whose clock is years away from that of
 * this machine; stores that ask the server in their bodies.
 */
class PgClockTest {
  private static final String DURABILITY = "SELECT current_setting('synchronous_commit')";
  private static final String NOW_MS =
      "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

  @Test
  void the_clock_goes_on_from_what_the_server_said_whatever_the_machines_clock_says() {
    PgClock clock = new PgClock();
    Instant past = Instant.parse("2001-01-01T00:00:00Z");
    assertThatIllegalStateException().isThrownBy(clock::instant);

    assertThat(clock.begun(answer(past, 1))).isEqualTo(past);
    assertThat(clock.instant()).isBetween(past, past.plus(Duration.ofDays(1)));
  }

  @Test
  void the_clock_never_goes_back_though_the_servers_does() {
    PgClock clock = new PgClock();
    Instant ahead = Instant.parse("2101-01-01T00:00:00Z");
    Instant back = Instant.parse("2100-01-01T00:00:00Z");
    clock.begun(answer(ahead, 1));
    Instant before = clock.instant();

    assertThat(clock.begun(answer(back, 1))).as("an estimate ends no grant").isEqualTo(ahead);
    assertThat(clock.instant()).isAfterOrEqualTo(before);
  }

  @Test
  void an_answer_that_came_quickly_counts_more_than_a_slow_one() {
    PgClock clock = new PgClock();
    Instant quick = Instant.parse("2050-01-01T00:00:00Z");
    clock.begun(answer(quick, 1));
    clock.begun(answer(quick.minusSeconds(3_600), 5_000));

    assertThat(clock.instant()).isAfterOrEqualTo(quick);
  }

  @Test
  void a_call_that_took_long_does_not_replace_an_estimate() {
    PgClock clock = new PgClock();
    Instant server = Instant.parse("2050-01-01T00:00:00Z");
    long nowNanos = System.nanoTime();
    clock.begun(answer(server, nowNanos - TimeUnit.SECONDS.toNanos(20), 1));
    clock.called(answer(server.plusSeconds(18), nowNanos, 2_000)); // its BEGIN came first

    assertThat(clock.instant()).isAfter(server.plusMillis(19_900));
  }

  private static Begun answer(Instant server, int tookMs) {
    return answer(server, System.nanoTime(), tookMs);
  }

  private static Begun answer(Instant server, long answeredNanos, int tookMs) {
    long sentNanos = answeredNanos - TimeUnit.MILLISECONDS.toNanos(tookMs);
    return new Begun("1", server.toEpochMilli(), "life", sentNanos, answeredNanos);
  }

  @Test
  void the_time_of_a_body_is_the_servers_when_it_began() {
    String url = Server.newStore();
    try (Belay belay = Belay.openPostgres(url)) {
      long last = 0;
      for (int i = 0; i < 20; i++) {
        long beforeMs = Long.parseLong(Server.query(url, NOW_MS).get(0));
        long[] times =
            belay.write(
                tx ->
                    new long[] {
                      tx.now().toEpochMilli(),
                      tx.handle().createQuery(NOW_MS).mapTo(Long.class).one()
                    });
        assertThat(times[0]).isBetween(Math.max(last, beforeMs), times[1]);
        last = times[0];
      }
    }
    Server.drop(url);
  }

  @Test
  void a_manual_clock_is_the_time_of_every_body() {
    String url = Server.newStore();
    ManualClock clock = new ManualClock();
    try (Belay belay = Belay.openPostgres(url, BelayOptions.defaults().withClock(clock))) {
      assertThat(belay.<Instant, RuntimeException>write(tx -> tx.now())).isEqualTo(clock.instant());
      clock.advance(Duration.ofDays(-1));
      assertThat(belay.<Instant, RuntimeException>read(tx -> tx.now())).isEqualTo(clock.instant());
    }
    Server.drop(url);
  }

  @Test
  void a_commit_survives_a_power_failure_unless_less_was_asked_for() {
    String url = Server.newStore() + "&options=-csynchronous_commit=off";
    BelayOptions defaults = BelayOptions.defaults();
    assertThat(durability(url, defaults)).isEqualTo("on");
    assertThat(durability(url, defaults.withDurability(Durability.POWER_LOSS))).isEqualTo("on");
    assertThat(durability(url, defaults.withDurability(Durability.PROCESS_CRASH))).isEqualTo("off");
    String applied = Server.newStore() + "&options=-csynchronous_commit=remote_apply";
    assertThat(durability(applied, defaults)).isEqualTo("remote_apply");
    String local = Server.newStore() + "&options=-csynchronous_commit=local";
    assertThat(durability(local, defaults)).isEqualTo("local");
  }

  private static String durability(String url, BelayOptions options) {
    try (Belay belay = Belay.openPostgres(url, options)) {
      String called =
          belay.tx().call(tx -> tx.handle().createQuery(DURABILITY).mapTo(String.class).one());
      String written =
          belay.write(tx -> tx.handle().createQuery(DURABILITY).mapTo(String.class).one());
      assertThat(called).isEqualTo(written);
      return written;
    }
  }
}

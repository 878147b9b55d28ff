package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.lease.Lease;
import dev.belay.lease.Renewal;
import dev.belay.queue.Claim;
import dev.belay.queue.ClaimRenewal;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.store.BelayObserver;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: renewals of many callers share calls, each with its own outcome, and none waits behind a
 * row that another transaction holds. Method: threads renew leases and claims of their own, beside
 * stale ones and beside rows that a host has locked.
 */
class PgRenewalsTest {
  private static final int CALLERS = 30;
  private static final int EACH = 20;
  private static final int ROUNDS = 3; // all within the busy timeout
  private static final Duration TTL = Duration.ofMinutes(30);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private String url;
  private Belay belay;
  private WorkQueue queue;

  @BeforeEach
  void open() {
    url = Server.newStore();
    belay = Belay.openPostgres(url);
    queue = belay.queue("q");
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    belay.close();
    Server.drop(url);
  }

  @Test
  void every_caller_gets_its_own_outcome() throws Exception {
    List<CompletableFuture<?>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      Lease lease = lease("l" + i);
      Claim claim = claim(i % 3 == 0 ? "lane" + i : null);
      Duration ttl = TTL.plusMinutes(1 + i);
      callers.add(CompletableFuture.runAsync(() -> renewEach(lease, ttl), threads));
      callers.add(CompletableFuture.runAsync(() -> renewEach(claim, ttl), threads));
    }
    for (CompletableFuture<?> caller : callers) {
      Patience.get(caller);
    }
  }

  private void renewEach(Lease lease, Duration ttl) {
    for (int i = 0; i < EACH; i++) {
      Lease renewed = belay.leases().renew(lease, ttl).renewed().orElseThrow();
      assertThat(renewed.acquiredAt()).isEqualTo(lease.acquiredAt());
      assertThat(belay.leases().find(lease.name())).contains(renewed);
      assertThat(renewed.expiresAt()).isAfterOrEqualTo(lease.expiresAt().plusSeconds(60));
    }
    assertThat(belay.leases().release(lease)).isTrue();
    assertThat(belay.leases().renew(lease, ttl)).isInstanceOf(Renewal.Lost.class);
  }

  private void renewEach(Claim claim, Duration ttl) {
    for (int i = 0; i < EACH; i++) {
      Claim renewed = queue.renew(claim, ttl).renewed().orElseThrow();
      assertThat(renewed.token()).isEqualTo(claim.token());
      assertThat(renewed.expiresAt()).isAfterOrEqualTo(claim.expiresAt().plusSeconds(60));
    }
    assertThat(queue.complete(claim)).isNotNull();
    assertThat(queue.renew(claim, ttl)).isInstanceOf(ClaimRenewal.Lost.class);
  }

  @Test
  void locked_rows_keep_no_other_renewal_waiting() throws Exception {
    renewBesideLocked(belay, queue);
  }

  /** The host's observer needs the bodies: these wait elsewhere too. */
  @Test
  void with_an_observer_locked_rows_keep_no_other_renewal_waiting() throws Exception {
    BelayOptions options =
        TestOptions.defaults().withCommitGroupMax(1).withObserver(new BelayObserver() {});
    try (Belay observed = Belay.openPostgres(url, options)) {
      renewBesideLocked(observed, observed.queue("q"));
    }
  }

  /** More rows are locked than there are connections that wait, and lanes need bodies too. */
  private void renewBesideLocked(Belay store, WorkQueue renewing) throws Exception {
    List<Lease> leases = new ArrayList<>();
    List<Claim> claims = new ArrayList<>();
    for (int i = 0; i <= PgStore.LOCKED_RENEWALS; i++) {
      leases.add(lease("locked" + i));
      claims.add(claim(null));
    }
    Lease free = lease("free");
    Claim freeClaim = claim(null);
    Claim laned = claim("lane");
    try (Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT 1 FROM belay_lease WHERE name LIKE 'locked%' FOR UPDATE");
      statement.execute(
          "SELECT 1 FROM belay_work WHERE id <= " + last(claims).workId() + " FOR UPDATE");
      List<CompletableFuture<Boolean>> locked = new ArrayList<>();
      for (Lease lease : leases) {
        locked.add(
            CompletableFuture.supplyAsync(
                () -> store.leases().renew(lease, TTL).renewed().isPresent(), threads));
      }
      for (Claim claim : claims) {
        locked.add(
            CompletableFuture.supplyAsync(
                () -> renewing.renew(claim, TTL).renewed().isPresent(), threads));
      }
      Patience.until("all connections wait", () -> waiting() == PgStore.LOCKED_RENEWALS);

      for (int i = 0; i < ROUNDS; i++) {
        assertThat(store.leases().renew(free, TTL).renewed()).isPresent();
        assertThat(renewing.renew(freeClaim, TTL).renewed()).isPresent();
        assertThat(renewing.renew(laned, TTL).renewed()).isPresent();
      }
      assertThat(locked).noneMatch(CompletableFuture::isDone);

      other.rollback();
      for (CompletableFuture<Boolean> one : locked) {
        assertThat(Patience.get(one)).isTrue();
      }
    }
  }

  private static Claim last(List<Claim> claims) {
    return claims.get(claims.size() - 1);
  }

  @Test
  void a_call_that_the_server_runs_late_shortens_no_grant_but_a_caller_may() throws Exception {
    Lease lease = lease("l");
    Claim claim = claim(null);
    long laterMs = lease.expiresAt().toEpochMilli() - 1_000; // of a call at the time 0
    assertThat(
            rows(
                PgGroupSql.RENEW_LEASES,
                "{0}",
                "{l}",
                "{" + lease.token() + "}",
                "{" + laterMs + "}"))
        .isZero();
    assertThat(
            rows(
                PgGroupSql.RENEW_CLAIMS,
                "{0}",
                "{" + claim.workId() + "}",
                "{q}",
                "{" + claim.token() + "}",
                "{" + laterMs + "}"))
        .isZero();
    assertThat(belay.leases().find("l")).contains(lease);

    Duration shorter = TTL.minusMinutes(5);
    assertThat(belay.leases().renew(lease, shorter).renewed().orElseThrow().expiresAt())
        .isBefore(lease.expiresAt());
    assertThat(queue.renew(claim, shorter).renewed().orElseThrow().expiresAt())
        .isBefore(claim.expiresAt());
  }

  /** The rows that a statement returns for the texts of its arrays, at the time 0. */
  private int rows(String sql, String... arrays) throws SQLException {
    String text = sql;
    List<String> types =
        arrays.length == 4
            ? List.of("bigint[]", "text[]", "bigint[]", "bigint[]")
            : List.of("bigint[]", "bigint[]", "text[]", "bigint[]", "bigint[]");
    for (String type : types) {
      text = text.replaceFirst("\\?", "(\\$)::" + type);
    }
    try (Connection connection = DriverManager.getConnection(url);
        Statement now = connection.createStatement();
        PreparedStatement statement = connection.prepareStatement(text.replace("($)", "?"))) {
      now.execute("SELECT set_config('belay.now', '0', false)");
      for (int i = 0; i < arrays.length; i++) {
        statement.setString(i + 1, arrays[i]);
      }
      int rows = 0;
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows++;
        }
      }
      return rows;
    }
  }

  private int waiting() {
    return Integer.parseInt(
        Server.query(
                url,
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query"
                    + " LIKE '%expires_at_ms%'")
            .get(0));
  }

  @Test
  void renewals_outlive_the_loss_of_their_connection() {
    Lease lease = lease("l");
    Claim claim = claim(null);
    for (int i = 0; i < 3; i++) {
      assertThat(belay.leases().renew(lease, TTL).renewed()).isPresent();
      Server.query(
          url,
          "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
              + " WHERE query LIKE '%belay_lease%' AND pid <> pg_backend_pid()");
      assertThat(belay.leases().renew(lease, TTL).renewed()).isPresent();
      assertThat(queue.renew(claim, TTL).renewed()).isPresent();
    }
  }

  private Lease lease(String name) {
    return belay.leases().acquire(name, "h", TTL).granted().orElseThrow();
  }

  private Claim claim(String lane) {
    NewWork work = NewWork.of("p");
    assertThat(queue.enqueue(lane == null ? work : work.withLane(lane))).isNotNull();
    return queue.claim("w", TTL).orElseThrow();
  }
}

package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.KeyLife;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each action asks, does what it says, and says when it cannot.
 *
 * <p>Goal: nothing is written by a link, by a reader, or twice. Method: the form of the page that
 * asks, sent back, on each database; the store tells what was changed.
 */
class ActionsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void work_is_retried_after_a_confirmation(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      long id = fixture.buried("q", NewWork.of("p"), "boom");
      String target = "/retry?queue=q&id=" + id;

      assertThat(fixture.get(target).body()).contains("Retry work " + id + "?", "attempt 0");
      assertThat(state(fixture, id)).isEqualTo(WorkState.BURIED);
      DashboardResponse done = fixture.confirm(target);

      assertThat(done.status()).isEqualTo(303);
      assertThat(state(fixture, id)).isEqualTo(WorkState.READY);
      assertThat(fixture.get(done.headers().get("Location")).body()).contains("back in its queue");
      assertThat(fixture.confirm(target).status()).isEqualTo(409);
    }
  }

  @ParameterizedTest
  @EnumSource
  void work_whose_key_was_taken_or_that_is_gone_is_not_retried(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      NewWork keyed = NewWork.of("p").withKey("k", KeyLife.WHILE_OPEN);
      long id = fixture.buried("q", keyed, "boom");
      fixture.queue("q").enqueue(keyed);
      String csrf = Fixture.csrf(fixture.get("/retry?queue=q&id=" + id));

      DashboardResponse taken =
          fixture.dashboard.handle(fixture.form("/retry?queue=q&id=" + id, csrf));
      DashboardResponse gone = fixture.dashboard.handle(fixture.form("/retry?queue=q&id=99", csrf));

      assertThat(taken.status()).isEqualTo(409);
      assertThat(taken.body()).contains("Other work has taken its key");
      assertThat(gone.status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @EnumSource
  void work_is_cancelled_or_its_worker_is_asked_to_stop(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.queue("q").enqueue(NewWork.of("p"));
      Claim claim = fixture.queue("q").claim("w", Fixture.TTL).orElseThrow();
      fixture.queue("q").enqueue(NewWork.of("p2"));
      long ready = fixture.queue("q").list(WorkState.READY, 0, 1).get(0).id();

      fixture.confirm("/cancel?queue=q&id=" + ready);
      DashboardResponse asked = fixture.confirm("/cancel?queue=q&id=" + claim.workId());

      assertThat(state(fixture, ready)).isEqualTo(WorkState.CANCELLED);
      assertThat(fixture.queue("q").find(claim.workId()).orElseThrow().cancelRequested()).isTrue();
      assertThat(fixture.get(asked.headers().get("Location")).body()).contains("asked to stop");
      assertThat(fixture.confirm("/cancel?queue=q&id=" + ready).status()).isEqualTo(409);
    }
  }

  private static WorkState state(Fixture fixture, long id) {
    return fixture.queue("q").find(id).orElseThrow().state();
  }

  @ParameterizedTest
  @EnumSource
  void finished_work_is_purged_by_its_age(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      long old = fixture.buried("q", NewWork.of("p"), "boom");
      fixture.clock.advance(Duration.ofDays(8));
      long young = fixture.buried("q", NewWork.of("p"), "boom");

      DashboardResponse done = fixture.confirm("/purge?queue=q&days=7");

      assertThat(fixture.get(done.headers().get("Location")).body()).contains("deleted: 1.");
      assertThat(fixture.queue("q").find(old)).isEmpty();
      assertThat(fixture.queue("q").find(young)).isPresent();
      assertThat(fixture.get("/purge?queue=q&days=-1").status()).isEqualTo(400);
      assertThat(fixture.get("/purge?queue=q&days=999999999").status()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lease_is_released_by_its_token_alone(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      Lease lease = fixture.belay.leases().acquire("l", "h", Fixture.TTL).granted().orElseThrow();
      String target = "/release?name=l&token=" + lease.token();
      String csrf = Fixture.csrf(fixture.get(target));

      assertThat(fixture.get("/release?name=l&token=" + (lease.token() - 1)).status())
          .isEqualTo(409);
      assertThat(
              fixture
                  .dashboard
                  .handle(fixture.form("/release?name=l&token=" + (lease.token() - 1), csrf))
                  .status())
          .isEqualTo(409);
      assertThat(fixture.belay.leases().find("l")).isPresent();
      assertThat(fixture.dashboard.handle(fixture.form(target, csrf)).status()).isEqualTo(303);
      assertThat(fixture.belay.leases().find("l")).isEmpty();
      assertThat(fixture.dashboard.handle(fixture.form(target, csrf)).status()).isEqualTo(409);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_read_only_dashboard_offers_nothing_and_refuses_everything(TestStores store) {
    try (Fixture fixture = new Fixture(store, folder)) {
      fixture.fill();
      long id = fixture.buried("q", NewWork.of("p"), "boom");
      String retry = "/retry?queue=q&id=" + id;
      String csrf = Fixture.csrf(fixture.get(retry));
      BelayDashboard readOnly = BelayDashboard.of(fixture.belay, Access.READ);
      DashboardRequest reader =
          Fixture.request("POST", retry, Access.READ)
              .withHeader("Origin", Fixture.ORIGIN)
              .withBody("csrf=" + csrf);

      assertThat(readOnly.handle(fixture.form(retry, csrf)).status()).isEqualTo(403);
      assertThat(fixture.dashboard.handle(reader).status()).isEqualTo(403);
      assertThat(state(fixture, id)).isEqualTo(WorkState.BURIED);
      for (Action action : Action.values()) {
        assertThat(readOnly.handle(Fixture.request("GET", action.path(), Access.WRITE)).status())
            .isEqualTo(403);
      }
      for (String page :
          new String[] {"/", "/queues", "/queue?name=mail", "/work?queue=q&id=" + id, "/leases"}) {
        String body = readOnly.handle(Fixture.request("GET", page, Access.WRITE)).body();
        assertThat(body)
            .contains("Read only")
            .doesNotContain("method=\"post\"", "Release…", "Retry…");
        assertThat(body).doesNotContain("href=\"/purge", "action=\"/purge");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void each_action_is_logged_with_what_it_was_about_who_sent_it_and_what_came_of_it(
      TestStores store) {
    List<String> logged = new CopyOnWriteArrayList<>();
    Handler handler = new Noting(logged);
    Logger logger = Logger.getLogger("dev.belay.dashboard");
    logger.addHandler(handler);
    try (Fixture fixture = new Fixture(store, folder)) {
      long id = fixture.buried("q\u202e", NewWork.of("secret payload"), "boom");

      fixture.confirm("/retry?queue=q%E2%80%AE&id=" + id);
      fixture.confirm("/purge?queue=q&days=1");

      assertThat(logged)
          .contains(
              "dashboard: retry work " + id + " of queue q⟨U+202E⟩, by ann: REQUEUED",
              "dashboard: purge queue q, by ann: 0 deleted")
          .noneMatch(line -> line.contains("secret"));
    } finally {
      logger.removeHandler(handler);
    }
  }

  /** Notes messages. Safe for use by many threads. */
  private static final class Noting extends Handler {
    private final List<String> logged;

    Noting(List<String> logged) {
      this.logged = logged;
    }

    @Override
    public void publish(LogRecord entry) {
      logged.add(entry.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void a_store_that_is_open_for_reading_refuses_actions() {
    try (Fixture fixture = new Fixture(TestStores.SQLITE, folder)) {
      long id = fixture.buried("q", NewWork.of("p"), "boom");
      try (Belay reader = Belay.openReadOnly(folder.resolve("store.db"))) {
        BelayDashboard dashboard = BelayDashboard.of(reader, Access.WRITE);
        String target = "/retry?queue=q&id=" + id;
        DashboardResponse asked = dashboard.handle(Fixture.request("GET", target, Access.WRITE));

        DashboardResponse refused = dashboard.handle(fixture.form(target, Fixture.csrf(asked)));

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("open for reading");
      }
    }
  }
}

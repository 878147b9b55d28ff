package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What other sites and clients try, without a network.
 *
 * <p>Goal: no page for who may not look, and no write but by the dashboard's own form. Method: each
 * attack is one good request with one thing changed.
 */
class AttacksTest {
  @TempDir Path folder;
  private Fixture fixture;
  private String retry;
  private String csrf;

  @BeforeEach
  void open() {
    fixture = new Fixture(TestStores.SQLITE, folder);
    retry = "/retry?queue=q&id=" + fixture.buried("q", NewWork.of("p"), "boom");
    csrf = Fixture.csrf(fixture.get(retry));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void assertRefused(DashboardRequest request, int status) {
    assertThat(fixture.dashboard.handle(request).status()).isEqualTo(status);
    assertThat(fixture.queue("q").list(WorkState.BURIED, 0, 10)).hasSize(1);
  }

  @Test
  void a_form_of_another_origin_is_refused() {
    DashboardRequest bare = Fixture.request("POST", retry, Access.WRITE).withBody("csrf=" + csrf);

    assertRefused(bare, 403);
    assertRefused(bare.withHeader("Origin", "null"), 403);
    assertRefused(bare.withHeader("Origin", "https://evil.example"), 403);
    assertRefused(bare.withHeader("Origin", "http://ops.example.com"), 403);
    assertRefused(bare.withHeader("Origin", Fixture.ORIGIN + ":8443"), 403);
    assertRefused(
        DashboardRequest.of("POST", retry, Access.WRITE, "ann")
            .withHeader("Origin", Fixture.ORIGIN)
            .withBody("csrf=" + csrf),
        403);
  }

  @Test
  void a_form_without_the_field_of_its_user_is_refused() {
    assertRefused(fixture.form(retry, ""), 403);
    assertRefused(fixture.form(retry, csrf.substring(1)), 403);
    assertRefused(fixture.form(retry, "0".repeat(64)), 403);
    String ofAnother =
        Fixture.csrf(
            fixture.dashboard.handle(
                DashboardRequest.of("GET", retry, Access.WRITE, "bob").withOrigin(Fixture.ORIGIN)));
    assertRefused(fixture.form(retry, ofAnother), 403);
    String ofAnotherDashboard =
        Fixture.csrf(
            BelayDashboard.of(fixture.belay, Access.WRITE)
                .handle(Fixture.request("GET", retry, Access.WRITE)));
    assertRefused(fixture.form(retry, ofAnotherDashboard), 403);
  }

  @Test
  void a_request_that_another_site_caused_is_refused_also_to_look() {
    for (String site : List.of("cross-site", "same-site", "")) {
      assertRefused(fixture.form(retry, csrf).withHeader("Sec-Fetch-Site", site), 403);
      assertRefused(
          Fixture.request("GET", "/", Access.WRITE).withHeader("Sec-Fetch-Site", site), 403);
    }
    DashboardRequest own = Fixture.request("GET", "/", Access.WRITE);
    assertThat(fixture.dashboard.handle(own.withHeader("Sec-Fetch-Site", "none")).status())
        .isEqualTo(200);
  }

  @Test
  void who_has_no_access_sees_nothing() {
    for (String page : List.of("/", "/queues", "/work?queue=q&id=1", "/nothing", retry)) {
      DashboardResponse answer =
          fixture.dashboard.handle(Fixture.request("GET", page, Access.NONE));
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).doesNotContain("Queues");
    }
    assertRefused(
        Fixture.request("POST", retry, Access.NONE)
            .withHeader("Origin", Fixture.ORIGIN)
            .withBody("csrf=" + csrf),
        403);
  }

  @Test
  void a_link_changes_nothing_and_other_methods_are_refused() {
    assertRefused(Fixture.request("GET", retry + "&csrf=" + csrf, Access.WRITE), 200);
    assertRefused(Fixture.request("HEAD", retry + "&csrf=" + csrf, Access.WRITE), 200);
    for (String method : List.of("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT")) {
      DashboardRequest other =
          Fixture.request(method, retry, Access.WRITE)
              .withHeader("Origin", Fixture.ORIGIN)
              .withBody("csrf=" + csrf);
      assertRefused(other, 405);
      assertThat(fixture.dashboard.handle(other).headers()).containsKey("Allow");
    }
  }

  @Test
  void no_path_leads_out_of_the_pages() {
    for (String path :
        List.of(
            "/../dashboard.css",
            "/..%2f..%2fetc/passwd",
            "/%2e%2e/dashboard.css",
            "/dashboard.css/../dashboard.js",
            "/dashboard.css%00.html",
            "//etc/passwd",
            "/BelayDashboard.class",
            "/dev/belay/dashboard/dashboard.css",
            "/.git/config",
            "/queue/")) {
      assertThat(fixture.get(path).status()).as(path).isEqualTo(404);
    }
    assertThat(fixture.get("/dashboard.css").status()).isEqualTo(200);
    assertThat(fixture.get("/dashboard.js").headers().get("Content-Type"))
        .isEqualTo("text/javascript; charset=utf-8");
  }

  @Test
  void a_request_that_is_too_large_or_broken_is_refused() {
    String large = "x".repeat(DashboardRequest.SIZE_MAX + 1);
    assertRefused(fixture.form(retry, csrf).withBody("csrf=" + csrf + "&x=" + large), 413);
    assertRefused(Fixture.request("GET", "/queue?name=" + large, Access.WRITE), 413);
    for (String target :
        List.of(
            "/queue",
            "/queue?name=%zz",
            "/queue?name=%",
            "/queue?name=" + "q".repeat(300),
            "/queue?name=a%00b",
            "/queue?name=q&after=-1",
            "/queue?name=q&after=99999999999999999999",
            "/work?queue=q&id=one",
            "/session?id=" + "s".repeat(3_000),
            "/leases?after=" + "l".repeat(3_000))) {
      assertRefused(Fixture.request("GET", target, Access.WRITE), 400);
    }
  }

  @Test
  void every_answer_has_the_headers_that_keep_a_browser_safe() {
    for (String target :
        List.of("/", "/dashboard.css", "/dashboard.js", "/nothing", retry, "/queue?name=%")) {
      assertThat(fixture.get(target).headers())
          .as(target)
          .containsEntry("X-Content-Type-Options", "nosniff")
          .containsEntry("Cache-Control", "no-store")
          .containsEntry("Referrer-Policy", "same-origin")
          .containsEntry(
              "Content-Security-Policy",
              "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src"
                  + " 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    }
  }
}

package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Who is admitted to a served dashboard.
 *
 * <p>Goal: only browsers in which a printed link was opened, for eight hours. Method: requests
 * without a network, and a clock that the test moves; what is admitted is noted.
 */
class LoopbackGuardTest {
  private static final int PORT = 8123;
  private static final String HOST = "127.0.0.1:" + PORT;

  private final ManualClock clock = new ManualClock();
  private final List<DashboardRequest> admitted = new ArrayList<>();
  private final LoopbackGuard guard = new LoopbackGuard(this::admit, PORT, clock);

  private DashboardResponse admit(DashboardRequest request) {
    admitted.add(request);
    return Answers.of(200, "text/plain", "in");
  }

  private static DashboardRequest get(String target) {
    return DashboardRequest.of("GET", target, Access.WRITE, "local").withHeader("Host", HOST);
  }

  private DashboardResponse follow(String link) {
    return guard.handle(get(link.substring(("http://" + HOST).length())));
  }

  private String cookie() {
    String header = follow(guard.newLink()).headers().get("Set-Cookie");
    return header.substring(0, header.indexOf(';'));
  }

  private int statusWith(String cookie) {
    return guard.handle(get("/").withHeader("Cookie", cookie)).status();
  }

  @Test
  void a_link_gives_a_cookie_that_no_script_and_no_other_site_sends_and_leaves_the_address() {
    String link = guard.newLink();
    DashboardResponse opened = follow(link);

    assertThat(link).matches("http://127\\.0\\.0\\.1:8123/\\?token=[\\w-]{43}");
    assertThat(opened.status()).isEqualTo(303);
    assertThat(opened.headers()).containsEntry("Location", "/");
    assertThat(opened.headers().get("Set-Cookie"))
        .matches("belay-8123=[\\w-]{43}; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict");
    assertThat(opened.headers().get("Set-Cookie"))
        .doesNotContain(link.substring(link.length() - 43));
    assertThat(opened.headers()).containsEntry("Referrer-Policy", "same-origin");
  }

  @Test
  void a_link_works_once_and_for_a_minute() {
    String used = guard.newLink();
    assertThat(follow(used).status()).isEqualTo(303);
    assertThat(follow(used).status()).isEqualTo(401);
    String late = guard.newLink();
    clock.advance(LoopbackGuard.LINK_LIFE);
    String intime = guard.newLink();
    clock.advance(LoopbackGuard.LINK_LIFE.minusMillis(1));

    assertThat(follow(late).status()).isEqualTo(401);
    assertThat(follow(intime).status()).isEqualTo(303);
    assertThat(follow("http://" + HOST + "/?token=").status()).isEqualTo(401);
    assertThat(admitted).isEmpty();
  }

  @Test
  void without_the_cookie_nothing_is_admitted() {
    String cookie = cookie();

    assertThat(guard.handle(get("/")).status()).isEqualTo(401);
    assertThat(statusWith(cookie + "x")).isEqualTo(401);
    assertThat(statusWith(cookie.substring(0, cookie.length() - 1))).isEqualTo(401);
    assertThat(statusWith(cookie.replace("belay-8123", "belay-8124"))).isEqualTo(401);
    assertThat(statusWith("belay-8123=")).isEqualTo(401);
    assertThat(guard.handle(get("/queues?token=" + cookie)).status()).isEqualTo(401);
    assertThat(guard.handle(get("/dashboard.js")).status()).isEqualTo(401);
    assertThat(
            guard
                .handle(
                    DashboardRequest.of("POST", "/retry", Access.WRITE, "local")
                        .withHeader("Host", HOST)
                        .withHeader("Authorization", cookie))
                .status())
        .isEqualTo(401);
    assertThat(admitted).isEmpty();

    assertThat(statusWith("other=1; " + cookie + ";x=2")).isEqualTo(200);
    assertThat(admitted.get(0).origin()).contains("http://" + HOST);
  }

  @Test
  void a_cookie_ends_after_eight_hours_or_when_many_others_were_given() {
    String first = cookie();
    clock.advance(Duration.ofHours(8).minusMillis(1));
    assertThat(statusWith(first)).isEqualTo(200);
    clock.advance(Duration.ofMillis(1));
    assertThat(statusWith(first)).isEqualTo(401);

    String second = cookie();
    for (int i = 0; i < LoopbackGuard.SECRETS_MAX - 1; i++) {
      cookie();
    }
    assertThat(statusWith(second)).isEqualTo(200);
    cookie();
    assertThat(statusWith(second)).isEqualTo(401);
  }

  @Test
  void a_name_of_another_site_that_leads_here_is_refused_with_or_without_a_secret() {
    String cookie = cookie();
    for (String host :
        List.of(
            "evil.example:" + PORT,
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:" + PORT + ".evil.example",
            "localhost",
            "LOCALHOST:" + PORT,
            "[::1]:" + PORT,
            "0.0.0.0:" + PORT,
            "",
            HOST + ", " + HOST)) {
      DashboardRequest request =
          DashboardRequest.of("GET", "/", Access.WRITE, "local")
              .withHeader("Host", host)
              .withHeader("Cookie", cookie);
      assertThat(guard.handle(request).status()).as(host).isEqualTo(421);
    }
    String link = guard.newLink();
    DashboardRequest elsewhere =
        DashboardRequest.of("GET", link.substring(link.indexOf("/?")), Access.WRITE, "local")
            .withHeader("Host", "evil.example");
    assertThat(guard.handle(elsewhere).status()).isEqualTo(421);
    assertThat(follow(link).status()).isEqualTo(303);
    assertThat(admitted).isEmpty();
    assertThat(
            guard
                .handle(
                    DashboardRequest.of("GET", "/", Access.WRITE, "local")
                        .withHeader("Host", "localhost:" + PORT)
                        .withHeader("Cookie", cookie))
                .status())
        .isEqualTo(200);
  }
}

package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/dashboard.md, in a host that is only a server and a login of its own. */
class EmbeddingExampleTest {
  @TempDir Path folder;

  @Test
  void a_dashboard_is_served_beside_the_application() throws Exception {
    Path file = folder.resolve("agents.db");
    // snippet: served
    DashboardObserver watch = new DashboardObserver();
    try (Belay belay = Belay.open(file, BelayOptions.defaults().withObserver(watch));
        DashboardServer server =
            DashboardServer.start(BelayDashboard.of(belay, watch, Access.WRITE), 0)) {
      System.getLogger("app").log(System.Logger.Level.INFO, "dashboard: {0}", server.url());
      // … the application
      // end: served
      HttpResponse<String> page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(server.url())).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(page.statusCode()).isEqualTo(303);
    }
  }

  /** The host's login. Immutable. */
  private record Login(String name, boolean isAdmin) {}

  // snippet: mounted
  /** Answers a request below /admin/belay of a user who is logged in. */
  static DashboardResponse answer(BelayDashboard dashboard, Login login, HostRequest in) {
    Access access = login.isAdmin() ? Access.WRITE : Access.READ;
    DashboardRequest request =
        DashboardRequest.of(in.method(), in.targetBelow("/admin/belay"), access, login.name())
            .withOrigin("https://ops.example.com")
            .withBody(in.body());
    for (String name : List.of("Origin", "Sec-Fetch-Site")) {
      if (in.header(name) != null) {
        request = request.withHeader(name, in.header(name));
      }
    }
    return dashboard.handle(request);
  }

  // end: mounted

  /** What hosts know of a request. */
  interface HostRequest {
    String method();

    String targetBelow(String path);

    String body();

    String header(String name);
  }

  @Test
  void a_host_mounts_the_function_behind_its_own_login() throws Exception {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      // snippet: dashboard
      BelayDashboard dashboard =
          BelayDashboard.of(belay, Access.WRITE)
              .withBasePath("/admin/belay")
              .withPayloadText((source, owner, text) -> text.replaceAll("\\d{16}", "****"));
      // end: dashboard
      HttpServer host =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      host.createContext(
          "/admin/belay",
          exchange -> {
            try (exchange) {
              DashboardResponse answer =
                  answer(dashboard, new Login("ann", false), new JdkRequest(exchange));
              byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
              answer.headers().forEach(exchange.getResponseHeaders()::set);
              exchange.sendResponseHeaders(answer.status(), body.length);
              exchange.getResponseBody().write(body);
            }
          });
      host.start();
      try {
        String page =
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(
                            URI.create(
                                "http://127.0.0.1:"
                                    + host.getAddress().getPort()
                                    + "/admin/belay/queues"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(page).contains("No queue has any work.", "Read only");
        assertThat(page)
            .contains("href=\"/admin/belay/leases\"")
            .doesNotContain("href=\"/leases\"");
      } finally {
        host.stop(0);
      }
    }
  }

  /** A request of the JDK's server. */
  private record JdkRequest(com.sun.net.httpserver.HttpExchange exchange) implements HostRequest {
    @Override
    public String method() {
      return exchange.getRequestMethod();
    }

    @Override
    public String targetBelow(String path) {
      return exchange.getRequestURI().toString().substring(path.length());
    }

    @Override
    public String body() {
      return "";
    }

    @Override
    public String header(String name) {
      return exchange.getRequestHeaders().getFirst(name);
    }
  }
}

package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.queue.NewWork;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server under clients that are many, slow, large or not browsers.
 *
 * <p>Goal: none of them keeps a good client waiting for long, and it cannot be reached from another
 * machine. Method: sockets on the loopback address; limits of time only catch a hang.
 */
@Timeout(120)
class DashboardServerTest {
  @TempDir Path folder;
  private Fixture store;
  private DashboardServer server;
  private HttpClient client;
  private String cookie;

  @BeforeEach
  void open() throws Exception {
    store = new Fixture(TestStores.SQLITE, folder);
    server = DashboardServer.start(store.dashboard, 0);
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    String set = send(URI.create(server.url())).headers().firstValue("Set-Cookie").orElseThrow();
    cookie = set.substring(0, set.indexOf(';'));
  }

  @AfterEach
  void close() {
    server.close();
    store.close();
  }

  private HttpResponse<String> send(URI address) throws Exception {
    return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target))
        .header("Cookie", cookie)
        .timeout(Duration.ofSeconds(60));
  }

  private HttpResponse<String> get(String target) throws Exception {
    return client.send(request(target).build(), BodyHandlers.ofString());
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.port());
  }

  @Test
  void a_form_is_accepted_and_forgeries_are_refused() throws Exception {
    String retry = "/retry?queue=q&id=" + store.buried("q", NewWork.of("p"), "boom");
    String csrf = Fixture.csrf(new DashboardResponse(200, java.util.Map.of(), get(retry).body()));
    HttpRequest.Builder form =
        request(retry).POST(HttpRequest.BodyPublishers.ofString("csrf=" + csrf));

    assertThat(client.send(form.copy().build(), BodyHandlers.ofString()).statusCode())
        .isEqualTo(403);
    assertThat(
            client
                .send(
                    form.copy().header("Origin", "http://localhost:" + server.port()).build(),
                    BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(403);
    assertThat(
            client
                .send(
                    form.copy().header("Origin", "http://127.0.0.1:" + server.port()).build(),
                    BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(303);
  }

  @Test
  void many_requests_in_a_row_are_answered_on_a_bounded_number_of_threads() throws Exception {
    int requests = "full".equals(System.getProperty("belay.effort")) ? 10_000 : 500;
    store.fill();
    for (int i = 0; i < requests; i++) {
      assertThat(get(i % 2 == 0 ? "/" : "/queue?name=mail").statusCode()).isEqualTo(200);
    }
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("belay-dashboard-"))
            .count();
    assertThat(threads).isLessThanOrEqualTo(Exchanges.THREADS_MAX + 1L);
  }

  @Test
  void clients_that_send_slowly_harm_nobody_and_are_ended() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * Exchanges.THREADS_MAX; i++) {
        Socket socket = connect();
        socket
            .getOutputStream()
            .write("GET / HTTP/1.1\r\nHost: 127".getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }

      assertThat(get("/").statusCode()).isEqualTo(200);

      for (Socket socket : slow) {
        socket.setSoTimeout(60_000);
        assertThat(isEnded(socket)).isTrue();
      }
      assertThat(get("/").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  /** Whether the server ends the connection, with or without an answer. */
  private static boolean isEnded(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      while (in.read() >= 0) {
        // the answer, if there is one
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void a_client_that_does_not_read_its_answer_harms_nobody() throws Exception {
    List<Socket> deaf = new ArrayList<>();
    String request = "GET /dashboard.css HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n";
    try {
      for (int i = 0; i < 2 * Exchanges.THREADS_MAX; i++) {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1_024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.getOutputStream().write(request.repeat(20).getBytes(StandardCharsets.US_ASCII));
        deaf.add(socket);
      }
      assertThat(get("/").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : deaf) {
        socket.close();
      }
    }
  }

  @Test
  void a_body_of_100_megabytes_is_not_read() throws Exception {
    try (Socket socket = connect()) {
      String head =
          "POST /purge?queue=q HTTP/1.1\r\nHost: 127.0.0.1:"
              + server.port()
              + "\r\nCookie: "
              + cookie
              + "\r\nContent-Length: 104857600\r\n\r\n";
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      byte[] part = new byte[64 * 1024];
      long sent = 0;
      try {
        while (sent < 104_857_600) {
          out.write(part);
          sent += part.length;
        }
      } catch (IOException e) {
        assertThat(e).hasMessageMatching("(?s).*(reset|Broken pipe|closed|aborted).*");
      }
      assertThat(sent).isLessThan(50_000_000);
    }
    assertThat(get("/").statusCode()).isEqualTo(200);
  }

  @Test
  void what_is_no_request_is_refused() throws Exception {
    for (String nonsense :
        List.of("\r\n\r\n", "GET\r\n\r\n", "GET /\u0000 HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001")) {
      try (Socket socket = connect()) {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(nonsense.getBytes(StandardCharsets.ISO_8859_1));
        socket.shutdownOutput();
        assertThat(isEnded(socket)).as(nonsense).isTrue();
      }
    }
    assertThat(get("/").statusCode()).isEqualTo(200);
  }

  @Test
  void it_listens_on_the_loopback_address_alone() throws Exception {
    for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(network.getInetAddresses())) {
        if (!address.isLoopbackAddress()) {
          assertThatThrownBy(
                  () -> {
                    try (Socket socket = new Socket()) {
                      socket.connect(new InetSocketAddress(address, server.port()), 5_000);
                    }
                  })
              .as(address.toString())
              .isInstanceOf(IOException.class);
        }
      }
    }
  }

  @Test
  void a_port_that_is_taken_is_refused_and_a_closed_server_gives_its_port_back() {
    assertThatThrownBy(() -> DashboardServer.start(store.dashboard, server.port()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("port " + server.port());
    int port = server.port();
    server.close();
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
        .isInstanceOf(ConnectException.class);
  }
}

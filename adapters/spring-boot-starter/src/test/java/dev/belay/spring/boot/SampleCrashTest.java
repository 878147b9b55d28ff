package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Patience;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: an application that is killed in the middle of its writes has lost no message that it
 * acknowledged, and answers each exactly once. Method: the sample application in a child JVM, used
 * over HTTP, killed as {@code kill -9} does, and started again.
 */
class SampleCrashTest {
  private static final int ACKNOWLEDGED = 30;
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir Path folder;

  /** The running sample. */
  private record Sample(ChildJvm child, String url) implements AutoCloseable {
    static Sample start(String store) {
      ChildJvm child =
          ChildCommand.of(
                  SampleApplication.class,
                  "--" + store,
                  "--server.port=0",
                  "--logging.level.root=error",
                  "--spring.autoconfigure.exclude="
                      + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
                  "--management.endpoints.web.exposure.include=belay,health",
                  "--management.endpoint.health.show-details=always",
                  "--belay.queues.replies.ttl=2s")
              .withJvmOptions("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
              .start();
      String port = child.readLine().substring("port ".length());
      return new Sample(child, "http://localhost:" + port);
    }

    @Override
    public void close() {
      child.close();
    }
  }

  private String get(Sample sample, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(sample.url() + path)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private int post(Sample sample, String path, String text)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(sample.url() + path))
            .header("Content-Type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString(text))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @ParameterizedTest
  @EnumSource
  void what_was_acknowledged_before_a_kill_is_there_and_answered_once(TestStores stores)
      throws Exception {
    String store = Contexts.property(stores, folder);
    AtomicInteger acknowledged = new AtomicInteger();
    try (Sample sample = Sample.start(store)) {
      Thread sender = new Thread(() -> sendUntilRefused(sample, acknowledged));
      sender.start();
      Patience.until("messages", () -> acknowledged.get() >= ACKNOWLEDGED);
      sample.child().kill();
      Patience.join(sender);
    }

    try (Sample again = Sample.start(store)) {
      assertThat(post(again, "/chats/ann", "last")).isEqualTo(200);
      Patience patience = Patience.begin();
      while (!get(again, "/chats/ann").contains("\"echo: last\"")) {
        patience.check(() -> "the answer of the last message");
      }
      assertThat(get(again, "/actuator/health")).contains("\"belay\"", "\"workers\":1");
      assertThat(get(again, "/actuator/belay")).contains("\"queue\":\"replies\"");
      assertThat(get(again, "/actuator/belay/replies")).contains("\"ready\":0");
      List<String> chat = strings(get(again, "/chats/ann"));
      for (int i = 0; i < acknowledged.get(); i++) {
        assertThat(chat).containsOnlyOnce("m" + i, "echo: m" + i);
      }
      assertThat(chat.stream().filter(text -> text.startsWith("echo: ")))
          .containsExactlyElementsOf(
              chat.stream()
                  .filter(text -> !text.startsWith("echo: "))
                  .map(text -> "echo: " + text)
                  .toList());
    }
  }

  private void sendUntilRefused(Sample sample, AtomicInteger acknowledged) {
    try {
      while (post(sample, "/chats/ann", "m" + acknowledged.get()) == 200) {
        acknowledged.incrementAndGet();
      }
    } catch (IOException e) {
      // The process was killed: what it had not acknowledged may or may not be there.
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the strings of a JSON array of strings without escapes. */
  private static List<String> strings(String json) {
    return QUOTED.matcher(json).results().map(found -> found.group(1)).toList();
  }

  @Test
  void two_applications_share_one_file() throws Exception {
    String store = Contexts.property(TestStores.SQLITE, folder);
    try (Sample first = Sample.start(store);
        Sample second = Sample.start(store)) {
      for (int i = 0; i < 20; i++) {
        assertThat(post(i % 2 == 0 ? first : second, "/chats/bob", "m" + i)).isEqualTo(200);
      }
      Patience patience = Patience.begin();
      while (!get(second, "/chats/bob").contains("\"echo: m19\"")) {
        patience.check(() -> "the answer of the last message");
      }
      assertThat(strings(get(first, "/chats/bob"))).hasSize(40).doesNotHaveDuplicates();
    }
    try (Belay belay = Belay.open(folder.resolve("store.db"))) {
      assertThat(belay.check()).isEmpty();
    }
  }
}

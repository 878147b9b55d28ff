package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.adk.events.Event;
import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.InMemorySessionService;
import com.google.adk.sessions.Session;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.testing.Patience;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many holders of one session append at once.
 *
 * <p>Goal: no event and no key of any is lost. Method: each holder has its own copy of the session,
 * as a web request has, and appends events with a key each; then all are counted. ADK's service in
 * memory keeps what the last holder to append has seen; its count is printed beside.
 */
class HoldersStressTest {
  private static final int HOLDERS = 8;
  private static final int EVENTS = 100;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void no_event_and_no_key_of_any_holder_is_lost(TestStores store) throws Exception {
    try (Belay belay = store.open(folder, BelayOptions.defaults())) {
      Session found = afterAllHolders(BelaySessionService.of(belay));

      assertThat(found.events()).hasSize(HOLDERS * EVENTS);
      assertThat(found.events()).extracting(Event::id).doesNotHaveDuplicates();
      for (int holder = 0; holder < HOLDERS; holder++) {
        String mine = "e-" + holder + "-";
        List<String> inOrder = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
          inOrder.add(mine + i);
          assertThat(found.state())
              .containsKeys("k-" + holder + "-" + i, "user:k-" + holder + "-" + i);
        }
        assertThat(found.events().stream().map(Event::id).filter(id -> id.startsWith(mine)))
            .containsExactlyElementsOf(inOrder);
      }
      Session inMemory = afterAllHolders(new InMemorySessionService());
      System.out.printf(
          "%s: %d events of %d; ADK in memory: %d%n",
          store, found.events().size(), HOLDERS * EVENTS, inMemory.events().size());
    }
  }

  private static Session afterAllHolders(BaseSessionService service) throws Exception {
    service.createSession("app", "ann", Map.of(), "s-1").blockingGet();
    ExecutorService threads = Executors.newFixedThreadPool(HOLDERS);
    try {
      List<Future<?>> holders = new ArrayList<>();
      for (int holder = 0; holder < HOLDERS; holder++) {
        Session copy = read(service);
        int number = holder;
        holders.add(threads.submit(() -> appendAll(service, copy, number)));
      }
      for (Future<?> holder : holders) {
        Patience.get(holder);
      }
    } finally {
      threads.shutdownNow();
    }
    return read(service);
  }

  private static void appendAll(BaseSessionService service, Session session, int holder) {
    for (int i = 0; i < EVENTS; i++) {
      String key = "k-" + holder + "-" + i;
      Event event = Events.of("e-" + holder + "-" + i, Map.of(key, i, "user:" + key, i));
      service.appendEvent(session, event).blockingGet();
    }
  }

  private static Session read(BaseSessionService service) {
    return service.getSession("app", "ann", "s-1", Optional.empty()).blockingGet();
  }
}

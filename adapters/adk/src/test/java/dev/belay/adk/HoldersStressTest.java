package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.adk.events.Event;
import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.InMemorySessionService;
import com.google.adk.sessions.Session;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
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
  private static final int SHARED_EVENTS = 25;

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

  @ParameterizedTest
  @EnumSource
  void sessions_of_one_user_lose_no_key_that_they_share(TestStores store) throws Exception {
    try (Belay belay = store.open(folder, BelayOptions.defaults())) {
      BelaySessionService service = BelaySessionService.of(belay);
      List<Session> own = new ArrayList<>();
      for (int holder = 0; holder < HOLDERS; holder++) {
        own.add(service.createSession("app", "ann", Map.of(), "own-" + holder).blockingGet());
      }

      appendAtOnce(service, own, SHARED_EVENTS);

      Session other = service.createSession("app", "ann", Map.of(), "other").blockingGet();
      assertThat(other.state()).hasSize(HOLDERS * SHARED_EVENTS);
    }
  }

  private static Session afterAllHolders(BaseSessionService service) throws Exception {
    service.createSession("app", "ann", Map.of(), "s-1").blockingGet();
    List<Session> copies = new ArrayList<>();
    for (int holder = 0; holder < HOLDERS; holder++) {
      copies.add(read(service));
    }
    appendAtOnce(service, copies, EVENTS);
    return read(service);
  }

  private static void appendAtOnce(BaseSessionService service, List<Session> sessions, int events)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(HOLDERS);
    try {
      List<Future<?>> holders = new ArrayList<>();
      for (int holder = 0; holder < HOLDERS; holder++) {
        int number = holder;
        holders.add(threads.submit(() -> appendAll(service, sessions.get(number), number, events)));
      }
      for (Future<?> holder : holders) {
        Patience.get(holder);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void appendAll(
      BaseSessionService service, Session session, int holder, int events) {
    for (int i = 0; i < events; i++) {
      String key = "k-" + holder + "-" + i;
      Event event = Events.of("e-" + holder + "-" + i, Map.of(key, i, "user:" + key, i));
      service.appendEvent(session, event).blockingGet();
    }
  }

  private static Session read(BaseSessionService service) {
    return service.getSession("app", "ann", "s-1", Optional.empty()).blockingGet();
  }
}

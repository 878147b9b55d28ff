package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.adk.events.Event;
import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.InMemorySessionService;
import com.google.adk.sessions.Session;
import com.google.genai.types.Content;
import com.google.genai.types.Part;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.store.BelayObserver;
import dev.belay.testing.Patience;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A conversation of 1,000 turns.
 *
 * <p>Goal: a turn costs the same, whether it is the first or the last. Method: rows and
 * transactions are counted, and are exact; times are printed beside those of ADK's service in
 * memory.
 */
class LongConversationTest {
  private static final int TURNS = 1_000;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void a_turn_costs_one_transaction_and_one_row(TestStores store) {
    Writes writes = new Writes();
    try (Belay belay = store.open(folder, BelayOptions.defaults().withObserver(writes))) {
      BelaySessionService service = BelaySessionService.of(belay);
      Session session = service.createSession("app", "ann", Map.of(), "s-1").blockingGet();
      turns(service, session, 0, 200); // until the code is compiled

      long started = System.nanoTime();
      turns(service, session, 200, 600);
      long half = System.nanoTime();
      turns(service, session, 600, TURNS);
      long end = System.nanoTime();

      assertThat(rows(belay))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "belay_session", 2L, // the session and its user
                  "belay_session_state", 2L,
                  "belay_session_event", (long) TURNS,
                  "belay_session_receipt", 0L));
      Patience.until("the last transaction is noticed", () -> writes.bodies.get() > TURNS);
      assertThat(writes.bodies).hasValue(1 + TURNS);
      System.out.printf(
          "%s: turns 201 to 600 %d us each, 601 to 1,000 %d us; ADK in memory %d us%n",
          store, (half - started) / 400_000, (end - half) / 400_000, inMemory());
    }
  }

  private static long inMemory() {
    InMemorySessionService service = new InMemorySessionService();
    Session session = service.createSession("app", "ann", Map.of(), "s-1").blockingGet();
    long started = System.nanoTime();
    turns(service, session, 0, TURNS);
    return (System.nanoTime() - started) / 1_000 / TURNS;
  }

  private static void turns(BaseSessionService service, Session session, int from, int to) {
    for (int i = from; i < to; i++) {
      Event event =
          Events.of("e-" + i, Map.of("answer", "answer " + i, "user:turns", i)).toBuilder()
              .content(Content.fromParts(Part.fromText("x".repeat(500))))
              .build();
      service.appendEvent(session, event).blockingGet();
    }
  }

  private static Map<String, Long> rows(Belay belay) {
    return belay.<Map<String, Long>, RuntimeException>read(
        tx -> {
          Map<String, Long> rows = new TreeMap<>();
          for (String table :
              new String[] {
                "belay_session",
                "belay_session_state",
                "belay_session_event",
                "belay_session_receipt"
              }) {
            rows.put(
                table,
                tx.handle()
                    .createQuery("SELECT count(*) FROM <table>")
                    .define("table", table)
                    .mapTo(Long.class)
                    .one());
          }
          return rows;
        });
  }

  /** Counts the transactions that write. Safe for use by many threads. */
  private static final class Writes implements BelayObserver {
    private final AtomicLong bodies = new AtomicLong();

    @Override
    public void transaction(TxEvent event) {
      if (event.kind() == TxEvent.Kind.WRITE) {
        bodies.addAndGet(event.bodies());
      }
    }
  }
}

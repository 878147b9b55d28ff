package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.belay.Belay;
import dev.belay.testing.ManualClock;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;

/**
 * Goal: what is listed costs what is shown, whatever else the store holds: sessions that are
 * deleted, cleared or busy, events from before a clear, a long history behind and before a page.
 * Method: the steps of the database's machine, beside few and beside many such rows.
 */
class SessionCostTest {
  private static final int STEPS_EACH = 10;

  @TempDir Path dir;
  private final ManualClock clock = new ManualClock();
  private final AtomicLong steps = new AtomicLong();

  @Test
  void a_listing_takes_the_same_steps_beside_few_and_many_rows_that_it_does_not_show() {
    Map<String, Long> few = stepsBeside(100);
    Map<String, Long> many = stepsBeside(10_000);

    few.forEach(
        (verb, taken) ->
            assertThat((double) many.getOrDefault(verb, 0L))
                .as("%s: %s steps beside 100 rows", verb, taken)
                .isPositive()
                .isCloseTo(taken, withinPercentage(15)));
  }

  private Map<String, Long> stepsBeside(int rows) {
    Path file = dir.resolve(rows + ".db");
    try (Belay belay =
        Belay.open(file, TestOptions.defaults().withClock(clock).withConnection(this::count))) {
      Sessions sessions = belay.sessions();
      Instant idle = fill(belay, rows);
      long middle = rows / 2;
      Map<String, Long> taken = new LinkedHashMap<>();
      taken.put("list", of(() -> sessions.list(null, 10)));
      taken.put("list after", of(() -> sessions.list("idle3", 10)));
      taken.put("listIdle", of(() -> sessions.listIdle(idle, null, 10)));
      taken.put("listIdle after", of(() -> sessions.listIdle(idle, "idle3", 10)));
      taken.put("history last", of(() -> sessions.history("long", 10)));
      taken.put("history before", of(() -> sessions.history("long", middle, 10)));
      taken.put("events", of(() -> sessions.events("long", middle, 10)));
      taken.put("events since a clear", of(() -> sessions.events("cleared", 0, 10)));
      taken.put("history since a clear", of(() -> sessions.history("cleared")));
      taken.put("eventById", of(() -> sessions.eventById("long", "e" + middle)));
      taken.put("find", of(() -> sessions.find("long")));
      return taken;
    }
  }

  /**
   * Ten idle sessions beside {@code rows} of everything else; returns before when they are idle.
   */
  private Instant fill(Belay belay, int rows) {
    Sessions sessions = belay.sessions();
    for (int i = 0; i < 10; i++) {
      sessions.commit(SessionCommit.to("idle" + i).append(event(i))).orThrow();
    }
    Instant idle = clock.advance(Duration.ofDays(1));
    belay.useWrite(
        tx -> {
          List<NewEvent> events = new ArrayList<>();
          for (int i = 1; i <= rows; i++) {
            events.add(event(i));
            sessions.commit(tx, SessionCommit.to("busy" + i)).orThrow();
            sessions.commit(tx, SessionCommit.to("a gone" + i)).orThrow();
          }
          for (String id : List.of("long", "cleared")) {
            sessions.commit(tx, SessionCommit.to(id).append(events)).orThrow();
          }
          tx.attach(UnfreedDao.class).clear("cleared", 1); // its rows stay
          sessions.commit(tx, SessionCommit.to("cleared").append(event(0))).orThrow();
          tx.handle()
              .execute("UPDATE belay_session SET absent_since_ms = 1 WHERE id LIKE 'a gone%'");
          // most of them as they are after a clear, the others as after a deletion
          tx.handle()
              .execute("UPDATE belay_session SET deleted_at_ms = 1 WHERE id LIKE 'a gone%5'");
        });
    return idle;
  }

  private static NewEvent event(int i) {
    return NewEvent.of("message", "event").withId("e" + i);
  }

  private long of(Runnable verb) {
    verb.run(); // prepares its statements
    long before = steps.get();
    for (int i = 0; i < 20; i++) {
      verb.run();
    }
    return steps.get() - before;
  }

  private void count(Connection connection) {
    try {
      ProgressHandler.setHandler(
          connection,
          STEPS_EACH,
          new ProgressHandler() {
            @Override
            protected int progress() {
              steps.addAndGet(STEPS_EACH);
              return 0;
            }
          });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.adk.events.Event;
import com.google.adk.sessions.Session;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Several processes append to one session, and are killed.
 *
 * <p>Goal: what was acknowledged is there, and the events and the three states that they change are
 * of one moment. Method: children that append are killed (kill -9) while they do; the parent reads
 * the store, and the next child goes on from there.
 */
@ParameterizedClass
@EnumSource
class ProcessesCrashTest {
  private static final int UNTIL_KILLED = 1_000_000;

  @Parameter TestStores store;

  @TempDir Path folder;

  private String where;

  @BeforeEach
  void create() {
    where =
        store == TestStores.POSTGRES
            ? TestStores.newSchema()
            : folder.resolve("store.db").toString();
    try (Belay belay = open()) {
      BelaySessionService.of(belay).createSession("app", "ann", Map.of(), "s-1").blockingGet();
    }
  }

  @Test
  void after_a_kill_the_session_is_whole_and_the_next_process_goes_on() {
    int next = 0;
    for (int acknowledged : List.of(1, 17, 40)) {
      try (ChildJvm child = start("a", UNTIL_KILLED)) {
        child.send(Integer.toString(next));
        for (int i = 0; i < acknowledged; i++) {
          child.expect(Integer.toString(next + i));
        }
        child.kill();
        int said = next + acknowledged + child.remainingLines().size();

        Session found = read();
        int stored = found.events().size();
        // The last one may be stored and not yet said.
        assertThat(stored).isBetween(said, said + 1);
        assertThat(found.events())
            .extracting(Event::id)
            .isEqualTo(IntStream.range(0, stored).mapToObj(i -> "a-" + i).toList());
        assertThat(found.state())
            .containsExactlyInAnyOrderEntriesOf(AppendingChild.delta("a", stored - 1));
        next = stored - 1; // sent again, as by a holder that has heard no answer
      }
    }
  }

  @Test
  void two_processes_append_to_one_session_and_lose_nothing() {
    int events = 60;
    try (ChildJvm a = start("a", events);
        ChildJvm b = start("b", events)) {
      a.send("0");
      b.send("0");
      assertThat(a.remainingLines()).hasSize(events);
      assertThat(b.remainingLines()).hasSize(events);
    }

    Session found = read();
    assertThat(found.events()).hasSize(2 * events);
    for (String name : List.of("a", "b")) {
      assertThat(found.events().stream().map(Event::id).filter(id -> id.startsWith(name)))
          .isEqualTo(IntStream.range(0, events).mapToObj(i -> name + "-" + i).toList());
      assertThat(found.state()).containsAllEntriesOf(AppendingChild.delta(name, events - 1));
    }
  }

  private ChildJvm start(String name, int events) {
    ChildJvm child = ChildCommand.of(AppendingChild.class, where, name, events).start();
    child.expect("ready");
    return child;
  }

  private Session read() {
    try (Belay belay = open()) {
      return BelaySessionService.of(belay)
          .getSession("app", "ann", "s-1", Optional.empty())
          .blockingGet();
    }
  }

  private Belay open() {
    BelayOptions options = BelayOptions.defaults();
    return store == TestStores.POSTGRES
        ? Belay.openPostgres(where, options)
        : Belay.open(Path.of(where), options);
  }
}

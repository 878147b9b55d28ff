package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.kit.Form;
import dev.belay.kit.session.SessionModel.Change;
import dev.belay.kit.session.SessionModel.Event;
import dev.belay.session.CommitOutcome;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.session.SessionLine;
import dev.belay.session.Sessions;
import dev.belay.store.TxOutcome;
import dev.belay.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Sessions against {@link SessionModel}.
 *
 * <p>Goal: no order of verbs, rollbacks and restarts included, gives another answer than the model,
 * whatever has been freed meanwhile. Method: random histories over two sessions that begin, are
 * cleared, deleted and freed; few ids of events and operations, so that they meet.
 */
class SessionsPropertyTest {
  private static final int STEPS = 60;

  @Property(tries = 25)
  void every_history_answers_as_the_model(@ForAll long seed, @ForAll("forms") Form form)
      throws IOException {
    Path dir = Files.createTempDirectory("sessions");
    try (History history = new History(form, dir, new Random(seed))) {
      for (int i = 0; i < STEPS; i++) {
        history.step();
        history.compare("seed " + seed + ", step " + i);
      }
    } finally {
      try (Stream<Path> files = Files.walk(dir)) {
        for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** All forms whose stores can be opened again. */
  @Provide
  Arbitrary<Form> forms() {
    return Arbitraries.of(Engine.allForms().stream().filter(Form::isShared).toList());
  }

  /** One history, beside the model. */
  private static final class History implements AutoCloseable {
    private static final List<String> IDS = List.of("a", "b");

    private final Form form;
    private final String address;
    private final Random random;
    private final ManualClock clock = new ManualClock();
    private final SessionModel model = new SessionModel();
    private Belay belay;

    History(Form form, Path folder, Random random) {
      this.form = form;
      this.address = form.create(folder);
      this.random = random;
      this.belay = open();
    }

    private Belay open() {
      return form.open(address, form.options().withClock(clock));
    }

    @Override
    public void close() {
      belay.close();
      form.drop(address);
    }

    void step() {
      Sessions sessions = belay.sessions();
      String id = IDS.get(random.nextInt(IDS.size()));
      switch (random.nextInt(24)) {
        case 0 -> assertThat(sessions.clear(id)).isEqualTo(model.clear(id));
        case 1 -> {
          if (random.nextInt(8) == 0) {
            assertThat(sessions.delete(id)).isEqualTo(model.delete(id));
          }
        }
        case 2 -> {
          Instant before = clock.instant().minusMillis(random.nextInt(2_000));
          assertThat(sessions.forgetOperations(id, before))
              .isEqualTo(model.forget(id, before.toEpochMilli()));
        }
        case 3 -> sessions.free(1 + random.nextInt(5));
        case 4 -> {
          belay.close();
          belay = open();
        }
        case 5 -> belay.tx().writeFlow(tx -> TxOutcome.rollback(sessions.clear(tx, id)));
        case 6 -> belay.tx().writeFlow(tx -> TxOutcome.rollback(sessions.delete(tx, id)));
        case 7 -> {
          SessionCommit commit = commit(change(id));
          belay.tx().writeFlow(tx -> TxOutcome.rollback(sessions.commit(tx, commit)));
        }
        default -> {
          Change change = change(id);
          CommitOutcome expected = model.commit(change, clock.instant().toEpochMilli());
          assertThat(sessions.commit(commit(change))).as("%s", change).isEqualTo(expected);
        }
      }
      clock.advance(Duration.ofMillis(random.nextInt(700)));
    }

    private Change change(String id) {
      Long expected = random.nextBoolean() ? null : Long.valueOf(seenRevision(id));
      if (expected != null && random.nextInt(6) == 0) {
        expected = (long) random.nextInt(12);
      }
      List<String> ids = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        String event = "e" + random.nextInt(40);
        if (!ids.contains(event)) {
          ids.add(event);
        }
      }
      @Nullable String state =
          expected == null || random.nextBoolean() ? null : "x".repeat(random.nextInt(4));
      return new Change(
          id,
          expected,
          random.nextInt(3) == 0 ? "op" + random.nextInt(6) : null,
          random.nextInt(4) == 0 ? Long.valueOf(random.nextInt(20)) : null,
          ids,
          state);
    }

    private long seenRevision(String id) {
      return belay.sessions().find(id).map(Session::revision).orElse(0L);
    }

    private static SessionCommit commit(Change change) {
      Long expected = change.expected();
      SessionCommit commit =
          expected == null
              ? SessionCommit.to(change.id())
              : SessionCommit.to(change.id(), expected);
      if (change.operation() != null) {
        commit = commit.operation(change.operation());
      }
      if (change.parent() != null) {
        commit = commit.parent(change.parent());
      }
      if (change.state() != null) {
        commit = commit.state(change.state());
      }
      for (String id : change.eventIds()) {
        commit = commit.append(NewEvent.of("t", "p").withId(id));
      }
      return commit;
    }

    void compare(String when) {
      Sessions sessions = belay.sessions();
      List<List<Object>> heads = new ArrayList<>();
      List<String> listed = new ArrayList<>();
      for (SessionLine line : sessions.list(null, 10)) {
        Session session = sessions.find(line.id()).orElseThrow();
        heads.add(List.of(line.id(), line.revision(), line.leafSeq(), session.state()));
        listed.add(line.id());
        assertThat(line.stateBytes()).isEqualTo(session.state().length());
      }
      assertThat(heads).as(when).isEqualTo(model.heads());
      assertThat(sessions.listIdle(Instant.MAX, null, 10))
          .as(when)
          .extracting(SessionLine::id)
          .containsExactlyInAnyOrderElementsOf(listed);
      for (String id : IDS) {
        List<Event> history = model.history(id);
        assertThat(told(sessions.events(id, 0, 100))).as(when).isEqualTo(model.events(id));
        assertThat(told(sessions.history(id))).as(when).isEqualTo(history);
        int last = 1 + random.nextInt(5);
        long before = random.nextInt(25);
        List<Event> earlier = history.stream().filter(event -> event.seq() < before).toList();
        assertThat(told(sessions.history(id, before, last)))
            .as(when)
            .isEqualTo(earlier.subList(Math.max(0, earlier.size() - last), earlier.size()));
        for (Event event : model.events(id)) {
          assertThat(sessions.eventById(id, event.id()).map(SessionEvent::seq))
              .contains(event.seq());
        }
      }
    }

    private static List<Event> told(List<SessionEvent> events) {
      return events.stream()
          .map(event -> new Event(event.seq(), event.parentSeq(), String.valueOf(event.eventId())))
          .toList();
    }
  }
}

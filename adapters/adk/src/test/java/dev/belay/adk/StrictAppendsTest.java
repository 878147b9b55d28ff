package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.adk.events.Event;
import com.google.adk.sessions.Session;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A strict service refuses the events of a holder that has not seen the last one. */
@ParameterizedClass
@EnumSource
class StrictAppendsTest {
  @Parameter TestStores store;

  @TempDir Path folder;

  private Belay belay;
  private BelaySessionService service;

  @BeforeEach
  void open() {
    belay = store.open(folder, BelayOptions.defaults());
    service = BelaySessionService.of(belay).withStrictAppends();
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Test
  void a_holder_that_is_alone_appends_on() {
    Session session = created();
    for (int i = 0; i < 3; i++) {
      append(session, event("e-" + i));
    }
    assertThat(read().events()).hasSize(3);
  }

  @Test
  void of_two_holders_the_second_is_refused_until_it_reads_again() {
    Session first = created();
    Session second = read();
    append(first, event("e-1"));

    assertStale(second, event("e-2"), "session s-1 has changed since it was read");
    assertThat(second.events()).isEmpty();
    assertThat(read().events()).hasSize(1);

    Session again = read();
    append(again, event("e-2"));
    assertThat(read().events()).hasSize(2);
    assertStale(first, event("e-3"), "session s-1 has changed since it was read");
  }

  @Test
  void state_that_is_shared_makes_no_session_stale() {
    Session session = created();
    Session other = service.createSession("app", "ann", Map.of(), "s-2").blockingGet();

    append(other, Events.of("e-1", Map.of("app:a", 1, "user:b", 2)));

    append(session, event("e-1"));
    assertThat(session.state()).containsOnlyKeys("app:a", "user:b");
  }

  @Test
  void an_event_that_is_sent_again_is_no_change() {
    Session session = created();
    Session older = read();
    append(session, event("e-1"));
    append(session, event("e-1"));

    // As after a lost answer: the event is there, and its holder knows only the revision before.
    append(older, event("e-1"));

    append(older, event("e-2"));
    assertThat(read().events()).extracting(Event::id).containsExactly("e-1", "e-2");
  }

  @Test
  void an_event_that_is_sent_again_hides_no_event_of_another() {
    Session session = created();
    append(session, event("e-1"));
    Session older = read();
    append(session, event("e-2"));

    append(older, event("e-1"));

    assertStale(older, event("e-3"), "session s-1 has changed since it was read");
  }

  @Test
  void a_session_that_was_deleted_and_created_again_is_another_one() {
    Session session = created();
    append(session, event("e-1"));
    service.deleteSession("app", "ann", "s-1").blockingAwait();
    created();

    assertStale(session, event("e-2"), "session s-1 has changed since it was read");
  }

  @Test
  void a_session_from_elsewhere_is_refused() {
    created();
    Session copy = Session.fromJson(read().toJson());

    assertStale(copy, event("e-1"), "session s-1 was not read from this service; get it first");
  }

  private Session created() {
    return service.createSession("app", "ann", Map.of(), "s-1").blockingGet();
  }

  private Session read() {
    Session found = service.getSession("app", "ann", "s-1", Optional.empty()).blockingGet();
    assertThat(found).isNotNull();
    return found;
  }

  /** The same event each time, as one that is sent again. */
  private static Event event(String id) {
    return Events.of(id, Map.of()).toBuilder().timestamp(1).build();
  }

  private void append(Session session, Event event) {
    assertThat(service.appendEvent(session, event).blockingGet()).isSameAs(event);
  }

  private void assertStale(Session session, Event event, String message) {
    assertThatThrownBy(() -> service.appendEvent(session, event).blockingGet())
        .isExactlyInstanceOf(StaleSessionException.class)
        .hasMessage(message);
  }
}

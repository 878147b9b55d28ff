package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.adk.events.Event;
import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.GetSessionConfig;
import com.google.adk.sessions.InMemorySessionService;
import com.google.adk.sessions.ListSessionsResponse;
import com.google.adk.sessions.Session;
import com.google.adk.sessions.State;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What ADK tests of its own service in memory.
 *
 * <p>Goal: an agent notices no difference. Method: ADK publishes no test class, so the sentences of
 * {@code core/src/test/java/com/google/adk/sessions/InMemorySessionServiceTest.java}
 * (google/adk-java v1.8.0, 12 tests) stand here in other words, each as one test, and run on ADK's
 * service too: what it does not keep is not a sentence of theirs. Two of theirs read a private
 * field; here they ask the listing.
 */
@ParameterizedClass
@MethodSource("subjects")
class InMemorySessionServiceContractTest {
  private static final Map<String, Object> FOUR_KEYS =
      Map.of(
          "sessionKey", "sessionValue",
          "_app_appKey", "appValue",
          "_user_userKey", "userValue",
          "temp:tempKey", "tempValue");

  @Parameter Subject subject;

  @TempDir Path folder;

  private @Nullable Belay belay;
  private BaseSessionService service;

  enum Subject {
    ADK_IN_MEMORY,
    SQLITE,
    POSTGRES
  }

  /** ADK's own service is asked too, if it is of the version whose sentences these are. */
  static Set<Subject> subjects() {
    return "BELAY_ONLY".equals(System.getProperty("belay.adk.sentences"))
        ? EnumSet.of(Subject.SQLITE, Subject.POSTGRES)
        : EnumSet.allOf(Subject.class);
  }

  @BeforeEach
  void open() {
    if (subject == Subject.ADK_IN_MEMORY) {
      service = new InMemorySessionService();
    } else {
      belay = TestStores.valueOf(subject.name()).open(folder, BelayOptions.defaults());
      service = BelaySessionService.of(belay).withTempState();
    }
  }

  @AfterEach
  void close() {
    if (belay != null) {
      belay.close();
    }
  }

  @Test
  void where_no_session_is_nothing_is_found() {
    assertThat(service.getSession("app", "ann", "s", Optional.empty()).blockingGet()).isNull();
    assertThat(service.listSessions("app", "ann").blockingGet().sessions()).isEmpty();
    assertThat(service.listEvents("app", "ann", "s").blockingGet().events()).isEmpty();
  }

  @Test
  void a_created_session_has_an_id_its_owner_and_no_state() {
    Session session = service.createSession("app", "ann").blockingGet();

    assertThat(session.id()).isNotNull();
    assertThat(session.appName()).isEqualTo("app");
    assertThat(session.userId()).isEqualTo("ann");
    assertThat(session.state()).isEmpty();
  }

  @Test
  void a_created_session_is_found() {
    Session session = service.createSession("app", "ann").blockingGet();

    assertThat(read(session).id()).isEqualTo(session.id());
  }

  @Test
  void a_listing_has_the_state_and_no_events() {
    Session session = created("s-1");
    append(session, Events.with(FOUR_KEYS));

    ListSessionsResponse listed = service.listSessions("app", "ann").blockingGet();

    assertThat(listed.sessions()).hasSize(1);
    Session only = listed.sessions().get(0);
    assertThat(only.id()).isEqualTo("s-1");
    assertThat(only.events()).isEmpty();
    assertThat(only.state()).containsAllEntriesOf(FOUR_KEYS);
  }

  @Test
  void a_deleted_session_is_not_found() {
    Session session = service.createSession("app", "ann").blockingGet();

    delete(session);

    assertThat(find(session)).isNull();
  }

  @Test
  void the_callers_session_and_the_stored_one_have_the_state_of_an_event() {
    Session session = created("s-1");

    append(session, Events.with(FOUR_KEYS));

    assertThat(session.state()).containsAllEntriesOf(FOUR_KEYS);
    assertThat(read(session).state()).containsAllEntriesOf(FOUR_KEYS);
  }

  @Test
  void a_key_that_an_event_removes_is_gone() {
    Session session = created("s-1");
    append(session, Events.with(FOUR_KEYS));
    assertThat(read(session).state()).containsAllEntriesOf(FOUR_KEYS);

    Map<String, Object> removal = new HashMap<>();
    FOUR_KEYS.keySet().forEach(key -> removal.put(key, State.REMOVED));
    append(session, Events.with(removal));

    assertThat(read(session).state()).doesNotContainKeys(FOUR_KEYS.keySet().toArray(String[]::new));
  }

  @Test
  void the_time_of_a_session_is_that_of_its_last_event_to_the_millisecond() {
    Session session = created("s-1");

    append(session, Events.at(5_500));

    assertThat(read(session).lastUpdateTime()).isEqualTo(Instant.ofEpochSecond(5, 500_000_000));
  }

  @Test
  void agents_that_follow_each_other_share_temporary_state() {
    Session session = created("s-1");
    append(session, Events.with(Map.of("temp:first", "data")));
    assertThat(session.state()).containsEntry("temp:first", "data");

    append(session, Events.with(Map.of("temp:second", "more", "temp:first", State.REMOVED)));

    assertThat(read(session).state())
        .doesNotContainKey("temp:first")
        .containsEntry("temp:second", "more");
  }

  @Test
  void of_a_user_whose_only_session_is_deleted_nothing_is_left() {
    Session session = service.createSession("app", "ann").blockingGet();

    delete(session);

    assertThat(service.listSessions("app", "ann").blockingGet().sessions()).isEmpty();
    if (belay != null) {
      assertThat(belay.sessions().list(null, 10)).isEmpty();
    }
  }

  @Test
  void a_users_other_session_stays() {
    Session first = service.createSession("app", "ann").blockingGet();
    Session second = service.createSession("app", "ann").blockingGet();

    delete(first);

    assertThat(find(second)).isNotNull();
    assertThat(service.listSessions("app", "ann").blockingGet().sessionIds())
        .containsExactly(second.id());
  }

  @Test
  void both_filters_apply_the_number_of_events_first() {
    Session session = service.createSession("app", "ann").blockingGet();
    for (long time : List.of(100L, 200L, 300L, 400L, 500L)) {
      append(session, Events.at(time));
    }
    GetSessionConfig config =
        GetSessionConfig.builder()
            .numRecentEvents(4)
            .afterTimestamp(Instant.ofEpochMilli(300))
            .build();

    Session found =
        service.getSession("app", "ann", session.id(), Optional.of(config)).blockingGet();

    assertThat(found.events()).extracting(Event::timestamp).containsExactly(300L, 400L, 500L);
  }

  private Session created(String id) {
    return service.createSession("app", "ann", new HashMap<>(), id).blockingGet();
  }

  private void append(Session session, Event event) {
    assertThat(service.appendEvent(session, event).blockingGet()).isSameAs(event);
  }

  private void delete(Session session) {
    service.deleteSession("app", "ann", session.id()).blockingAwait();
  }

  private @Nullable Session find(Session session) {
    return service.getSession("app", "ann", session.id(), Optional.empty()).blockingGet();
  }

  private Session read(Session session) {
    Session found = find(session);
    assertThat(found).isNotNull();
    return found;
  }
}

package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.adk.events.Event;
import com.google.adk.events.EventActions;
import com.google.adk.events.EventCompaction;
import com.google.adk.events.ToolConfirmation;
import com.google.adk.sessions.GetSessionConfig;
import com.google.adk.sessions.Session;
import com.google.adk.sessions.SessionException;
import com.google.adk.sessions.SessionNotFoundException;
import com.google.adk.sessions.State;
import com.google.genai.types.Content;
import com.google.genai.types.FunctionCall;
import com.google.genai.types.GenerateContentResponseUsageMetadata;
import com.google.genai.types.Part;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.ManualClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the service promises beyond the sentences that ADK tests, on each engine. */
@ParameterizedClass
@EnumSource
class BelaySessionServiceTest {
  @Parameter TestStores store;

  @TempDir Path folder;

  private Belay belay;
  private BelaySessionService service;

  @BeforeEach
  void open() {
    belay = store.open(folder, BelayOptions.defaults().withClock(new ManualClock()));
    service = BelaySessionService.of(belay);
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Test
  void state_of_the_application_and_of_the_user_is_merged_on_every_read() {
    Session ann = created("app", "ann", "s-1");
    Session annToo = created("app", "ann", "s-2");
    Session bob = created("app", "bob", "s-1");
    Session other = created("other", "ann", "s-1");

    append(ann, Map.of("app:model", "m-1", "user:name", "Ann", "topic", "tea"));

    assertThat(ann.state())
        .containsOnly(
            Map.entry("app:model", "m-1"),
            Map.entry("user:name", "Ann"),
            Map.entry("topic", "tea"));
    assertThat(read(ann).state()).isEqualTo(ann.state());
    assertThat(read(annToo).state())
        .containsOnly(Map.entry("app:model", "m-1"), Map.entry("user:name", "Ann"));
    assertThat(read(bob).state()).containsOnly(Map.entry("app:model", "m-1"));
    assertThat(read(other).state()).isEmpty();
    assertThat(service.listSessions("app", "bob").blockingGet().sessions().get(0).state())
        .containsOnly(Map.entry("app:model", "m-1"));
    assertThat(created("app", "bob", "s-3").state()).containsOnly(Map.entry("app:model", "m-1"));
  }

  @Test
  void what_one_session_removes_is_gone_for_all_when_they_append_or_read() {
    Session first = created("app", "ann", "s-1");
    append(first, Map.of("app:model", "m-1", "user:name", "Ann", "user:age", 7));
    Session second = created("app", "ann", "s-2");

    append(second, Map.of("app:model", State.REMOVED, "user:name", State.REMOVED));

    assertThat(second.state()).containsOnly(Map.entry("user:age", 7));
    assertThat(read(first).state()).containsOnly(Map.entry("user:age", 7));
    append(first, Map.of());
    assertThat(first.state()).containsOnly(Map.entry("user:age", 7));
  }

  @Test
  void the_initial_state_is_divided_as_that_of_an_event() {
    Map<String, Object> initial = new HashMap<>();
    initial.put("app:model", "m-1");
    initial.put("user:name", "Ann");
    initial.put("topic", "tea");
    initial.put("temp:draft", "d");
    initial.put("nothing", null);
    initial.put("temp:nothing", null);

    Session session = service.createSession("app", "ann", initial, "s-1").blockingGet();

    assertThat(session.state()).containsOnlyKeys("app:model", "user:name", "topic", "temp:draft");
    assertThat(read(session).state()).containsOnlyKeys("app:model", "user:name", "topic");
    assertThat(read(created("app", "ann", "s-2")).state())
        .containsOnlyKeys("app:model", "user:name");
  }

  @Test
  void temporary_state_is_on_the_callers_session_only() {
    Session session = created("app", "ann", "s-1");

    append(session, Map.of("temp:draft", "secret", "topic", "tea"));

    assertThat(session.state()).containsOnlyKeys("temp:draft", "topic");
    Session found = read(session);
    assertThat(found.state()).containsOnlyKeys("topic");
    assertThat(found.events().get(0).actions().stateDelta()).containsOnlyKeys("topic");
    assertThat(service.listEvents("app", "ann", "s-1").blockingGet().events())
        .isEqualTo(found.events());
  }

  @Test
  void a_removal_is_read_as_a_removal_and_the_text_that_stands_for_it_as_a_text() {
    Session session = created("app", "ann", "s-1");

    append(session, Map.of("gone", State.REMOVED, "text", "__ADK_SENTINEL_REMOVED__"));

    Session found = read(session);
    assertThat(found.events().get(0).actions().stateDelta())
        .containsOnly(
            Map.entry("gone", State.REMOVED), Map.entry("text", "__ADK_SENTINEL_REMOVED__"));
    assertThat(found.state()).containsOnly(Map.entry("text", "__ADK_SENTINEL_REMOVED__"));
  }

  @Test
  void values_are_what_json_has() {
    Session session = created("app", "ann", "s-1");
    Map<String, Object> values =
        Map.of("n", 7, "big", 1L << 40, "d", 0.5, "b", true, "l", List.of(1, "a"), "m", Map.of());

    append(session, values);

    assertThat(new HashMap<>(read(session).state())).isEqualTo(values);
  }

  @Test
  void an_event_comes_back_equal() {
    Session session = created("app", "ann", "s-1");
    Event event =
        Events.of("e-1", Map.of()).toBuilder()
            .content(
                Content.builder()
                    .role("model")
                    .parts(
                        Part.fromText("Hi \"you\" \u0000 \uD83D\uDE00"),
                        Part.fromBytes(new byte[] {0, -1}, "image/png"),
                        Part.builder()
                            .functionCall(
                                FunctionCall.builder()
                                    .id("f-1")
                                    .name("look")
                                    .args(Map.of("where", List.of(1, 2)))
                                    .build())
                            .build())
                    .build())
            .actions(
                EventActions.builder()
                    .stateDelta(Map.of("topic", "tea", "gone", State.REMOVED))
                    .artifactDelta(Map.of("a.png", 2))
                    .transferToAgent("other")
                    .escalate(true)
                    .requestedToolConfirmations(
                        Map.of("f-1", ToolConfirmation.builder().hint("sure?").build()))
                    .compaction(
                        EventCompaction.builder()
                            .startTimestamp(1)
                            .endTimestamp(2)
                            .compactedContent(Content.fromParts(Part.fromText("short")))
                            .build())
                    .build())
            .longRunningToolIds(Set.of("f-1", "f-2", "f-3"))
            .turnComplete(true)
            .avgLogprobs(-0.25)
            .branch("root.child")
            .usageMetadata(
                GenerateContentResponseUsageMetadata.builder().totalTokenCount(12).build())
            .build();

    Event stored = service.appendEvent(session, event).blockingGet();

    assertThat(stored).isSameAs(event);
    Event found = read(session).events().get(0);
    assertThat(withoutContent(found)).isEqualTo(withoutContent(event));
    // ADK compares bytes by identity.
    assertThat(found.content().orElseThrow().toJson())
        .isEqualTo(event.content().orElseThrow().toJson());
  }

  private static Event event(Event event, List<String> toolIds, Map<String, Object> value) {
    return event.toBuilder()
        .longRunningToolIds(new LinkedHashSet<>(toolIds))
        .content(Content.fromParts(Part.fromBytes(new byte[] {0, -1}, "image/png")))
        .actions(EventActions.builder().stateDelta(Map.of("m", value)).build())
        .build();
  }

  private static Event withoutContent(Event event) {
    return event.toBuilder().content((Content) null).build();
  }

  @Test
  void half_of_a_surrogate_pair_is_kept() {
    Session session = created("app", "ann", "s-1");
    Event event =
        Events.of("e-1", Map.of("cut", "a\uD83D")).toBuilder()
            .content(Content.fromParts(Part.fromText("cut \uD83D")))
            .build();

    service.appendEvent(session, event).blockingGet();

    assertThat(read(session).events()).containsExactly(event);
    assertThat(read(session).state()).containsEntry("cut", "a\uD83D");
  }

  @Test
  void a_partial_event_is_returned_and_not_stored() {
    Session session = created("app", "ann", "s-1");
    Event partial = Events.of("e-1", Map.of("topic", "tea")).toBuilder().partial(true).build();

    assertThat(service.appendEvent(session, partial).blockingGet()).isSameAs(partial);

    assertThat(session.events()).isEmpty();
    assertThat(session.state()).isEmpty();
    assertThat(read(session).events()).isEmpty();
  }

  @Test
  void an_event_that_is_sent_again_answers_the_same_and_changes_nothing() {
    Session session = created("app", "ann", "s-1");
    Event event = Events.of("e-1", Map.of("turn", 1, "user:turn", 1));
    append(session, event);
    append(session, Map.of("turn", 2, "user:turn", 2));
    Instant time = session.lastUpdateTime();

    assertThat(service.appendEvent(session, event).blockingGet()).isSameAs(event);
    assertThat(service.appendEvent(session, Event.fromJson(event.toJson())).blockingGet())
        .isEqualTo(event);

    assertThat(session.events()).hasSize(2);
    assertThat(session.state()).containsOnly(Map.entry("turn", 2), Map.entry("user:turn", 2));
    assertThat(session.lastUpdateTime()).isEqualTo(time);
    assertThat(read(session).events()).isEqualTo(session.events());
    assertThat(read(session).state()).isEqualTo(session.state());
  }

  @Test
  void an_event_that_is_sent_again_is_shown_to_a_session_that_has_not_seen_it() {
    Session session = created("app", "ann", "s-1");
    Session older = read(session);
    Event event = Events.of("e-1", Map.of("topic", "tea"));
    append(session, event);

    append(older, event);

    assertThat(older.events()).containsExactly(event);
    assertThat(older.state()).containsEntry("topic", "tea");
  }

  @Test
  void a_subscriber_that_tries_again_appends_an_event_without_an_id_once() {
    Session session = created("app", "ann", "s-1");
    var append = service.appendEvent(session, Events.at(1));

    Event first = append.blockingGet();
    Event second = append.blockingGet();

    assertThat(second).isSameAs(first);
    assertThat(first.id()).isNotBlank();
    assertThat(session.events()).containsExactly(first);
    assertThat(read(session).events()).containsExactly(first);
  }

  @Test
  void an_event_is_the_same_whatever_the_order_of_its_sets_and_maps() {
    Session session = created("app", "ann", "s-1");
    Event event = Event.builder().id("e-1").timestamp(1).build();
    Map<String, Object> map = new LinkedHashMap<>(Map.of("x", 1));
    map.put("y", 2);
    Map<String, Object> reversed = new LinkedHashMap<>(Map.of("y", 2));
    reversed.put("x", 1);

    append(session, event(event, List.of("a", "b"), map));
    append(session, event(event, List.of("b", "a"), reversed));

    assertThat(read(session).events()).hasSize(1);
  }

  @Test
  void another_event_with_the_same_id_is_refused() {
    Session session = created("app", "ann", "s-1");
    append(session, Events.of("e-1", Map.of("topic", "tea")));

    assertSignals(
        service.appendEvent(session, Events.of("e-1", Map.of("topic", "coffee")))::blockingGet,
        SessionException.class,
        "another event has the id e-1");

    assertThat(read(session).state()).containsEntry("topic", "tea");
    assertThat(session.state()).containsEntry("topic", "tea");
  }

  @Test
  void ids_are_trimmed_and_a_blank_one_is_made() {
    Session session = service.createSession("app", "ann", Map.of(), " s-1\n").blockingGet();
    assertThat(session.id()).isEqualTo("s-1");
    assertThat(read(session).id()).isEqualTo("s-1");
    assertThat(service.getSession("app", "ann", " s-1 ", Optional.empty()).blockingGet().id())
        .isEqualTo("s-1");

    String one = service.createSession("app", "ann", Map.of(), "  ").blockingGet().id();
    String two = service.createSession("app", "ann").blockingGet().id();
    assertThat(one).isNotBlank().isNotEqualTo(two);
  }

  @Test
  void creating_a_session_that_exists_is_refused_and_loses_nothing() {
    Session session = created("app", "ann", "s-1");
    append(session, Map.of("topic", "tea"));

    assertSignals(
        service.createSession("app", "ann", Map.of("user:name", "Ann"), "s-1")::blockingGet,
        SessionException.class,
        "session s-1 already exists");

    assertThat(read(session).events()).hasSize(1);
    assertThat(read(session).state()).containsOnlyKeys("topic");
  }

  @Test
  void a_session_that_is_deleted_and_created_again_is_as_new() {
    Session session = created("app", "ann", "s-1");
    append(session, Events.of("e-1", Map.of("topic", "tea", "user:name", "Ann")));
    service.deleteSession("app", "ann", "s-1").blockingAwait();
    service.deleteSession("app", "ann", "s-1").blockingAwait();

    assertSignals(
        service.appendEvent(session, Events.of("e-2", Map.of()))::blockingGet,
        SessionNotFoundException.class,
        "session s-1 not found");
    assertThat(service.listEvents("app", "ann", "s-1").blockingGet().events()).isEmpty();

    Session again = created("app", "ann", "s-1");
    assertThat(again.events()).isEmpty();
    assertThat(again.state()).containsOnly(Map.entry("user:name", "Ann"));
    append(again, Events.of("e-1", Map.of("topic", "coffee")));
    assertThat(read(again).events()).hasSize(1);
  }

  @Test
  void a_session_that_was_never_created_is_not_made_by_an_event() {
    Session unknown = Session.builder("s-1").appName("app").userId("ann").build();

    assertSignals(
        service.appendEvent(unknown, Events.of("e-1", Map.of("app:a", 1)))::blockingGet,
        SessionNotFoundException.class,
        "session s-1 not found");

    assertThat(belay.sessions().list(null, 10)).isEmpty();
    assertThat(unknown.events()).isEmpty();
  }

  @Test
  void ids_with_any_characters_stay_apart() {
    List<String> texts =
        List.of(
            "a",
            "a/b",
            "a%2Fb",
            "a%b",
            "%",
            "%25",
            "/",
            "//",
            "%u",
            "%00",
            "\u0000",
            "..",
            "",
            "ä",
            "\uD83D",
            "%uD83D",
            "\uDE00",
            "\uD83D\uDE00",
            "\uFFFF",
            "A",
            "a b",
            "a\u0001");
    List<Session> all = new ArrayList<>();
    for (String app : texts) {
      for (String user : List.of("a", "b/a", "")) {
        for (String id : List.of("a", "a/a", "%2F")) {
          all.add(created("x" + app, user, id));
          all.add(created("x", app + "/" + user, "y" + id + app + "y"));
        }
      }
    }
    for (int i = 0; i < all.size(); i++) {
      append(all.get(i), Map.of("i", i, "user:" + i, i));
    }

    for (int i = 0; i < all.size(); i++) {
      Session one = all.get(i);
      Session found = read(one);
      assertThat(found.id()).isEqualTo(one.id());
      assertThat(found.events()).as("%s", i).hasSize(1);
      assertThat(found.state()).containsEntry("i", i).containsEntry("user:" + i, i);
      assertThat(service.listSessions(one.appName(), one.userId()).blockingGet().sessionIds())
          .contains(one.id());
    }
  }

  @Test
  void a_listing_has_the_sessions_of_one_user_in_the_order_of_their_ids() {
    for (int i = 0; i < 230; i++) {
      created("app", "ann", "s-%03d".formatted(i));
    }
    for (String user : List.of("an", "ann0", "anna", "bob", "ann/s-1", "")) {
      created("app", user, "s-1");
      created("ap", user, "s-1");
      created("app/ann", user, "s-1");
    }
    append(read("app", "ann", "s-007"), Events.of("e-1", Map.of("n", 1)));

    List<Session> listed = service.listSessions("app", "ann").blockingGet().sessions();

    assertThat(listed).hasSize(230);
    assertThat(listed).extracting(Session::id).isSorted().startsWith("s-000").endsWith("s-229");
    assertThat(listed.get(7).state()).containsEntry("n", 1);
    assertThat(service.listSessions("app", "cy").blockingGet().sessions()).isEmpty();
  }

  @Test
  void the_time_of_a_session_is_that_of_its_last_event_and_before_that_of_its_creation() {
    Session session = created("app", "ann", "s-1");
    assertThat(session.lastUpdateTime()).isEqualTo(ManualClock.START);
    assertThat(read(session).lastUpdateTime()).isEqualTo(ManualClock.START);

    service.appendEvent(session, Events.at(7_001)).blockingGet();
    service.appendEvent(session, Events.at(5_001)).blockingGet();

    Instant last = Instant.ofEpochMilli(5_001);
    assertThat(session.lastUpdateTime()).isEqualTo(last);
    assertThat(read(session).lastUpdateTime()).isEqualTo(last);
    assertThat(service.listSessions("app", "ann").blockingGet().sessions().get(0))
        .returns(last, Session::lastUpdateTime);
    Session without = read(session, GetSessionConfig.builder().numRecentEvents(0).build());
    assertThat(without.events()).isEmpty();
    assertThat(without.lastUpdateTime()).isEqualTo(last);
  }

  @Test
  void each_filter_of_a_read_applies_alone() {
    Session session = created("app", "ann", "s-1");
    for (long time : List.of(100L, 300L, 200L, 400L)) {
      service.appendEvent(session, Events.at(time)).blockingGet();
    }

    Session newest = read(session, GetSessionConfig.builder().numRecentEvents(2).build());
    Session more = read(session, GetSessionConfig.builder().numRecentEvents(9).build());
    Instant from = Instant.ofEpochMilli(300);
    Session later = read(session, GetSessionConfig.builder().afterTimestamp(from).build());

    assertThat(newest.events()).extracting(Event::timestamp).containsExactly(200L, 400L);
    assertThat(more.events()).hasSize(4);
    assertThat(later.events()).extracting(Event::timestamp).containsExactly(300L, 400L);
  }

  private Session created(String app, String user, String id) {
    return service.createSession(app, user, Map.of(), id).blockingGet();
  }

  private void append(Session session, Map<String, Object> delta) {
    append(session, Events.with(delta));
  }

  private void append(Session session, Event event) {
    assertThat(service.appendEvent(session, event).blockingGet()).isSameAs(event);
  }

  private Session read(Session session) {
    return read(session.appName(), session.userId(), session.id());
  }

  private Session read(String app, String user, String id) {
    Session found = service.getSession(app, user, id, Optional.empty()).blockingGet();
    assertThat(found).isNotNull();
    return found;
  }

  private Session read(Session session, GetSessionConfig config) {
    Session found = service.getSession(session.sessionKey(), config).blockingGet();
    assertThat(found).isNotNull();
    return found;
  }

  private static void assertSignals(
      ThrowingCallable call, Class<? extends Throwable> type, String message) {
    assertThatThrownBy(call).isExactlyInstanceOf(type).hasMessage(message);
  }
}

package dev.belay.adk;

import com.google.adk.events.Event;
import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.GetSessionConfig;
import com.google.adk.sessions.ListEventsResponse;
import com.google.adk.sessions.ListSessionsResponse;
import com.google.adk.sessions.Session;
import com.google.adk.sessions.SessionException;
import com.google.adk.sessions.State;
import dev.belay.Belay;
import dev.belay.adk.StoredSessions.Change;
import dev.belay.session.NewEvent;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Single;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * ADK's sessions in a Belay store. Safe for use by many threads, and beside other processes that
 * use the same store.
 *
 * <ul>
 *   <li>Each verb is one transaction, which begins when a caller subscribes and does not block the
 *       subscriber. What goes wrong is signalled: a failure of the store as a {@link
 *       SessionException} with Belay's exception as its cause.
 *   <li>{@link #appendEvent} reads the stored session again, applies the event's state delta to it,
 *       and appends under the event's id; an event without an id gets one. So no holder of a
 *       session overwrites what another has stored, and an event that is sent again is not appended
 *       again. An event with the id of another one is refused.
 *   <li>Keys that begin with {@code app:} and {@code user:} belong to all sessions of the
 *       application and of the user. Keys that begin with {@code temp:} are not stored, unless
 *       {@link #withTempState} is chosen.
 *   <li>Values are stored as JSON by ADK's mapper, and are read as what JSON has.
 *   <li>The id of a session is trimmed. It can be used again after {@link #deleteSession}. Creating
 *       a session that exists is refused; appending to one that does not exist is too.
 * </ul>
 *
 * <p>The store stays open until its owner closes it.
 */
public final class BelaySessionService implements BaseSessionService {
  /** What an event is called in the log of a session. */
  private static final String EVENT_TYPE = "adk.event";

  private final Belay belay;
  private final StoredSessions stored;
  private final TempState temp;
  private final @Nullable Revisions revisions;

  private BelaySessionService(Belay belay, TempState temp, @Nullable Revisions revisions) {
    this.belay = belay;
    this.stored = new StoredSessions(belay.sessions());
    this.temp = temp;
    this.revisions = revisions;
  }

  /** Returns a service for the sessions in {@code belay}. */
  public static BelaySessionService of(Belay belay) {
    return new BelaySessionService(Objects.requireNonNull(belay, "belay"), TempState.DROPPED, null);
  }

  /** Returns a service that stores keys which begin with {@code temp:} too, as ADK in memory. */
  public BelaySessionService withTempState() {
    return new BelaySessionService(belay, TempState.STORED, revisions);
  }

  /**
   * Returns a service that refuses an event with {@link StaleSessionException} if the session was
   * changed since the caller read it. It takes only {@link Session} objects that it returned itself
   * from {@code createSession} and {@code getSession}.
   */
  public BelaySessionService withStrictAppends() {
    return new BelaySessionService(belay, temp, new Revisions());
  }

  /** As {@link #createSession(String, String, Map, String)}. */
  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // callers have the other form
  public Single<Session> createSession(
      String appName,
      String userId,
      @Nullable ConcurrentMap<String, Object> state,
      @Nullable String sessionId) {
    return createSession(appName, userId, (Map<String, Object>) state, sessionId);
  }

  /** {@inheritDoc} */
  @Override
  public Single<Session> createSession(
      String appName,
      String userId,
      @Nullable Map<String, Object> state,
      @Nullable String sessionId) {
    Map<String, Object> initial = state == null ? Map.of() : state;
    return Signals.of(
            () -> {
              Owner owner = new Owner(appName, userId);
              String key =
                  owner.key(
                      sessionId == null || sessionId.trim().isEmpty()
                          ? UUID.randomUUID().toString()
                          : sessionId);
              StateChanges changes = StateChanges.of(initial, temp);
              return belay.tx().writeAsync(tx -> stored.create(tx, owner, key, changes));
            })
        .map(
            created -> {
              Session session = session(new Owner(appName, userId), created, event -> true);
              initial.forEach(
                  (key, value) -> {
                    if (!temp.stores(key) && value != null && value != State.REMOVED) {
                      session.state().put(key, value);
                    }
                  });
              return session;
            });
  }

  /** {@inheritDoc} */
  @Override
  public Maybe<Session> getSession(
      String appName, String userId, String sessionId, Optional<GetSessionConfig> config) {
    return Signals.of(
            () -> {
              Owner owner = new Owner(appName, userId);
              String key = owner.key(sessionId);
              int recent =
                  config.flatMap(GetSessionConfig::numRecentEvents).orElse(Integer.MAX_VALUE);
              return belay.tx().readAsync(tx -> stored.find(tx, owner, key, recent));
            })
        .mapOptional(
            found -> {
              Instant from = config.flatMap(GetSessionConfig::afterTimestamp).orElse(Instant.MIN);
              return found.map(
                  snapshot ->
                      session(
                          new Owner(appName, userId),
                          snapshot,
                          event -> !Instant.ofEpochMilli(event.timestamp()).isBefore(from)));
            });
  }

  /** {@inheritDoc} */
  @Override
  public Single<ListSessionsResponse> listSessions(String appName, String userId) {
    return Signals.of(
            () -> {
              Owner owner = new Owner(appName, userId);
              return belay.tx().readAsync(tx -> stored.list(tx, owner));
            })
        .map(
            found -> {
              Owner owner = new Owner(appName, userId);
              List<Session> sessions =
                  found.stream().map(one -> one.session(owner, event -> true)).toList();
              return ListSessionsResponse.builder().sessions(sessions).build();
            });
  }

  /** Deletes a session. A session that does not exist is no error. */
  @Override
  public Completable deleteSession(String appName, String userId, String sessionId) {
    return Signals.of(
            () -> {
              String key = new Owner(appName, userId).key(sessionId);
              return belay.tx().writeAsync(tx -> belay.sessions().clear(tx, key));
            })
        .ignoreElement();
  }

  /** Returns all events of a session, on one page; none if it does not exist. */
  @Override
  public Single<ListEventsResponse> listEvents(String appName, String userId, String sessionId) {
    return Signals.of(
            () -> {
              String key = new Owner(appName, userId).key(sessionId);
              return belay.tx().readAsync(tx -> belay.sessions().history(tx, key));
            })
        .map(
            found -> {
              List<Event> events =
                  found.stream().map(event -> EventText.event(event.payload())).toList();
              return ListEventsResponse.builder().events(events).build();
            });
  }

  /**
   * Stores an event, and then shows it to {@code session}. A partial event is returned unstored.
   *
   * @return the event; or {@link com.google.adk.sessions.SessionNotFoundException} or {@link
   *     StaleSessionException}, signalled, and nothing is stored
   */
  @Override
  public Single<Event> appendEvent(Session session, Event event) {
    return Single.defer(
        () -> {
          Objects.requireNonNull(session, "session");
          Objects.requireNonNull(event, "event");
          return event.partial().orElse(false) ? Single.just(event) : append(session, event);
        });
  }

  private Single<Event> append(Session session, Event event) {
    if (event.id() == null || event.id().isBlank()) {
      event.setId(Event.generateEventId());
    }
    Owner owner = new Owner(session.appName(), session.userId());
    String key = owner.key(session.id());
    OptionalLong seen =
        revisions == null ? OptionalLong.empty() : OptionalLong.of(revisions.of(session));
    String text = EventText.of(event, temp);
    NewEvent appending = NewEvent.of(EVENT_TYPE, text).withId(KeyText.encode(event.id()));
    Change change = new Change(StateChanges.of(EventText.stateDelta(event), temp), seen);
    return Signals.of(
            () -> belay.tx().writeAsync(tx -> stored.append(tx, owner, key, appending, change)))
        .map(
            appended -> {
              requireSame(event, text, appended);
              appended.showTo(session, event);
              noteRevision(session, seen, appended);
              return event;
            });
  }

  private static void requireSame(Event event, String text, Appended appended) {
    String before = appended.before();
    if (before != null && !EventText.isSame(before, text)) {
      throw new SessionException("another event has the id " + event.id());
    }
  }

  private void noteRevision(Session session, OptionalLong seen, Appended appended) {
    boolean isNext = seen.isPresent() && appended.revision() == seen.getAsLong() + 1;
    // Otherwise others have appended since this event was: the holder has not seen their events.
    if (revisions != null && isNext && appended.isLast()) {
      revisions.note(session, appended.revision());
    }
  }

  private Session session(Owner owner, Snapshot snapshot, Predicate<Event> wanted) {
    Session session = snapshot.session(owner, wanted);
    return revisions == null ? session : revisions.note(session, snapshot.head().revision());
  }
}

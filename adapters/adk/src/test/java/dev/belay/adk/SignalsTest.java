package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.adk.events.Event;
import com.google.adk.sessions.GetSessionConfig;
import com.google.adk.sessions.Session;
import com.google.adk.sessions.SessionException;
import dev.belay.Belay;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreClosedException;
import dev.belay.testing.Patience;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the service works, on whose thread, and how it says that something went wrong. */
@SuppressWarnings({"NullAway", "NullOptional"}) // nulls are passed on purpose
class SignalsTest {
  @TempDir Path folder;

  private Belay belay;
  private BelaySessionService service;

  @BeforeEach
  void open() {
    belay = Belay.open(folder.resolve("store.db"));
    service = BelaySessionService.of(belay);
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Test
  void nothing_is_stored_before_somebody_subscribes() {
    Session session = created();

    var create = service.createSession("app", "ann", Map.of(), "s-2");
    var append = service.appendEvent(session, event("e-1"));
    var delete = service.deleteSession("app", "ann", "s-1");

    assertThat(service.listSessions("app", "ann").blockingGet().sessionIds())
        .containsExactly("s-1");
    assertThat(events()).isEmpty();

    create.blockingGet();
    append.blockingGet();
    assertThat(events()).hasSize(1);
    delete.blockingAwait();
    assertThat(service.listSessions("app", "ann").blockingGet().sessionIds())
        .containsExactly("s-2");
  }

  @Test
  void a_subscriber_does_not_wait_for_the_store() throws Exception {
    Session session = created();
    try (HeldStore held = new HeldStore(belay)) {
      CompletableFuture<Event> appended =
          service
              .appendEvent(session, event("e-1"))
              .toCompletionStage()
              .toCompletableFuture(); // subscribes, on this thread, which holds the store
      assertThat(appended).isNotDone();

      held.release();

      assertThat(Patience.get(appended).id()).isEqualTo("e-1");
    }
  }

  @Test
  void who_disposes_in_time_withdraws_an_event() throws Exception {
    Session session = created();
    try (HeldStore held = new HeldStore(belay)) {
      service.appendEvent(session, event("e-1")).subscribe().dispose();
      held.release();
    }
    service.appendEvent(session, event("e-2")).blockingGet(); // after the first, if that was left

    assertThat(events()).extracting(Event::id).containsExactly("e-2");
    assertThat(session.events()).hasSize(1);
  }

  @Test
  void what_follows_does_not_run_on_a_thread_of_belay() {
    Session session = created();

    String thread =
        service
            .appendEvent(session, event("e-1"))
            .map(appended -> Thread.currentThread().getName())
            .blockingGet();

    assertThat(thread).doesNotStartWith("belay-");
  }

  @Test
  void a_follower_may_block_and_use_the_service_again() {
    Session session = created();

    Event last =
        service
            .appendEvent(session, event("e-1"))
            .map(first -> service.appendEvent(session, event("e-2")).blockingGet())
            .blockingGet();

    assertThat(last.id()).isEqualTo("e-2");
    assertThat(events()).hasSize(2);
  }

  @Test
  void a_mistake_is_signalled_and_not_thrown() {
    Session session = created();
    String tooLong = "x".repeat(2_000);
    Optional<GetSessionConfig> negative =
        Optional.of(GetSessionConfig.builder().numRecentEvents(-1).build());
    Event unwritable = Events.of("e-1", Map.of("stream", new Object()));

    List<Completable> nulls =
        List.of(
            service.createSession(null, "ann", Map.of(), "s").ignoreElement(),
            service.createSession("app", null, Map.of(), "s").ignoreElement(),
            service.getSession("app", "ann", null, Optional.empty()).ignoreElement(),
            service.getSession("app", "ann", "s-1", null).ignoreElement(),
            service.listSessions(null, "ann").ignoreElement(),
            service.listEvents("app", "ann", null).ignoreElement(),
            service.deleteSession("app", null, "s-1"),
            service.appendEvent(null, event("e-1")).ignoreElement(),
            service.appendEvent(session, null).ignoreElement());
    for (Completable wrong : nulls) {
      assertThatThrownBy(wrong::blockingAwait).isInstanceOf(NullPointerException.class);
    }
    List<Completable> arguments =
        List.of(
            service.createSession("app", "ann", Map.of(), tooLong).ignoreElement(),
            service.getSession("app", tooLong, "s-1", Optional.empty()).ignoreElement(),
            service.getSession("app", "ann", "s-1", negative).ignoreElement());
    for (Completable wrong : arguments) {
      assertThatThrownBy(wrong::blockingAwait).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(service.appendEvent(session, unwritable)::blockingGet)
        .isExactlyInstanceOf(SessionException.class)
        .hasMessage("event e-1 cannot be written as JSON");
    assertThat(events()).isEmpty();
    assertThat(session.events()).isEmpty();
  }

  @Test
  void a_failure_of_the_store_is_an_exception_of_adk_with_its_cause() {
    Session session = created();
    belay.close();

    for (Single<?> call :
        List.of(
            service.appendEvent(session, event("e-1")),
            service.createSession("app", "ann"),
            service.listEvents("app", "ann", "s-1"))) {
      assertThatThrownBy(call::blockingGet)
          .isExactlyInstanceOf(SessionException.class)
          .hasCauseInstanceOf(StoreClosedException.class);
    }
  }

  @Test
  void an_id_that_was_deleted_for_ever_is_refused() {
    created();
    belay.sessions().delete("adk/session/app/ann/s-1");

    assertThatThrownBy(service.createSession("app", "ann", Map.of(), "s-1")::blockingGet)
        .isExactlyInstanceOf(SessionException.class);
  }

  @Test
  void what_cannot_be_read_is_named_without_what_it_says() {
    created();
    belay
        .sessions()
        .commit(
            SessionCommit.to("adk/session/app/ann/s-1")
                .append(NewEvent.of("x", "{\"timestamp\":\"secret\",\"id\":\"e\"}")))
        .orThrow();

    assertThatThrownBy(service.listEvents("app", "ann", "s-1")::blockingGet)
        .isExactlyInstanceOf(SessionException.class)
        .hasMessageContaining("timestamp")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  private Session created() {
    return service.createSession("app", "ann", Map.of(), "s-1").blockingGet();
  }

  private static Event event(String id) {
    return Events.of(id, Map.of());
  }

  private List<Event> events() {
    return service.listEvents("app", "ann", "s-1").blockingGet().events();
  }

  /** A write that keeps the store from writing until this is closed. Belongs to one thread. */
  private static final class HeldStore implements AutoCloseable {
    private final CountDownLatch release = new CountDownLatch(1);
    private final CompletableFuture<Boolean> body;

    HeldStore(Belay belay) throws InterruptedException {
      CountDownLatch begun = new CountDownLatch(1);
      this.body =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    begun.countDown();
                    Patience.await(release);
                    return true;
                  });
      Patience.await(begun);
    }

    void release() {
      release.countDown();
      assertThat(body.join()).isTrue();
    }

    @Override
    public void close() {
      release();
    }
  }
}

package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.session.Sessions;
import dev.belay.store.StoreClosedException;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Parent;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a thread that waits for an event gets the first one that any thread or process commits, and
 * misses none. Method: all waits last a year, so only a wake ends a test.
 */
@OnEachForm
class AwaitEventsTest {
  private static final Duration FOREVER = Duration.ofDays(365);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;
  private Sessions sessions;
  private ExecutorService threads;

  @BeforeEach
  void open() {
    belay = store.belay();
    sessions = belay.sessions();
    threads = Executors.newCachedThreadPool();
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  @Test
  void events_that_exist_are_returned_at_once() throws Exception {
    append(sessions, "s", "a", "b", "c");

    assertThat(sessions.awaitEvents("s", 1, 10, FOREVER))
        .isEqualTo(sessions.events("s", 1, 10))
        .hasSize(2);
    assertThat(sessions.awaitEvents("s", 0, 1, Duration.ZERO)).hasSize(1);
    assertThat(sessions.awaitEvents("s", 3, 10, Duration.ZERO)).isEmpty();
    assertThat(sessions.awaitEvents("unknown", 0, 10, Duration.ZERO)).isEmpty();
  }

  @Test
  void nothing_comes_of_a_wait_that_is_over() throws Exception {
    append(sessions, "s", "a");

    assertThat(sessions.awaitEvents("s", 1, 10, Duration.ofMillis(20))).isEmpty();
  }

  @Test
  void a_commit_of_this_store_ends_the_wait_also_one_that_makes_the_session() throws Exception {
    Future<List<SessionEvent>> events = await("s", 0);

    append(sessions, "other", "x");
    append(sessions, "s", "a", "b");

    assertThat(Patience.get(events)).extracting(SessionEvent::payload).containsExactly("a", "b");
  }

  @Test
  void only_an_event_ends_the_wait() throws Exception {
    append(sessions, "s", "a");
    Future<List<SessionEvent>> events = await("s", 1);

    sessions.commit(SessionCommit.to("s", 1).state("x")).orThrow();
    sessions.clear("s");
    sessions.commit(SessionCommit.to("s", 0)).orThrow();
    append(sessions, "s", "b");

    assertThat(Patience.get(events)).extracting(SessionEvent::payload).containsExactly("b");
  }

  @Test
  void all_threads_that_wait_for_the_same_event_are_woken() throws Exception {
    List<Future<List<SessionEvent>>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(await("s", 0));
    }

    append(sessions, "s", "a");

    for (Future<List<SessionEvent>> one : all) {
      assertThat(Patience.get(one)).hasSize(1);
    }
  }

  @Test
  @NeedsSharing
  void readers_that_follow_a_log_miss_nothing() throws Exception {
    int events = 500;
    List<Callable<Integer>> followers = new ArrayList<>();
    try (Belay other = store.another()) {
      for (Sessions follower : List.of(sessions, sessions, other.sessions())) {
        followers.add(
            () -> {
              int seen = 0;
              long after = 0;
              while (seen < events) {
                for (SessionEvent event : follower.awaitEvents("s", after, 7, FOREVER)) {
                  seen++;
                  after = event.seq();
                }
              }
              return seen;
            });
      }
      List<Future<Integer>> done = new ArrayList<>();
      followers.forEach(follower -> done.add(threads.submit(follower)));
      for (int i = 0; i < events; i++) {
        append(i % 2 == 0 ? sessions : other.sessions(), "s", "event " + i);
      }

      for (Future<Integer> one : done) {
        assertThat(Patience.get(one)).isEqualTo(events);
      }
    }
  }

  @Test
  @NeedsSharing
  void commits_of_two_processes_wake_each_other() throws Exception {
    try (ChildJvm child = store.child(AwaitEventsTest.class).start()) {
      child.expect("ready");
      for (int i = 0; i < 20; i++) {
        append(sessions, "ping", "ping " + i);

        assertThat(Patience.get(await("pong", i)))
            .extracting(SessionEvent::payload)
            .containsExactly("ping " + i);
      }
    }
  }

  /** The child: answers each event of one session by one in another. */
  public static void main(String[] args) throws Exception {
    try (Belay belay = Engine.open(args)) {
      Sessions sessions = belay.sessions();
      new Parent().say("ready");
      long after = 0;
      while (true) {
        for (SessionEvent event : sessions.awaitEvents("ping", after, 10, FOREVER)) {
          append(sessions, "pong", event.payload());
          after = event.seq();
        }
      }
    }
  }

  @Test
  void an_interrupt_ends_the_wait() throws Exception {
    CompletableFuture<Thread> waiting = new CompletableFuture<>();
    Future<List<SessionEvent>> events =
        threads.submit(
            () -> {
              waiting.complete(Thread.currentThread());
              return sessions.awaitEvents("s", 0, 1, FOREVER);
            });

    Patience.get(waiting).interrupt();

    assertThatThrownBy(() -> Patience.get(events))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void closing_the_store_ends_the_wait() throws Exception {
    Future<List<SessionEvent>> events = await("s", 0);

    belay.close();

    assertThatThrownBy(() -> Patience.get(events)).hasCauseInstanceOf(StoreClosedException.class);
  }

  @Test
  void arguments_out_of_bounds_and_a_wait_inside_a_body_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sessions.awaitEvents("s", -1, 1, Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sessions.awaitEvents("s", 0, 0, Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sessions.awaitEvents("", 0, 1, Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sessions.awaitEvents("s", 0, 1, Duration.ofNanos(-1)));
    assertThatThrownBy(() -> belay.read(tx -> sessions.awaitEvents("s", 0, 1, Duration.ZERO)))
        .isInstanceOf(IllegalStateException.class);
  }

  /** Waits on another thread; returns once that thread waits or has ended. */
  private Future<List<SessionEvent>> await(String id, long afterSeq) throws Exception {
    CompletableFuture<Thread> waiting = new CompletableFuture<>();
    Future<List<SessionEvent>> events =
        threads.submit(
            () -> {
              waiting.complete(Thread.currentThread());
              return sessions.awaitEvents(id, afterSeq, 10, FOREVER);
            });
    Thread thread = Patience.get(waiting);
    Patience.until(
        "a thread that waits",
        () -> events.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
    return events;
  }

  private static void append(Sessions sessions, String id, String... payloads) {
    List<NewEvent> events = new ArrayList<>();
    for (String payload : payloads) {
      events.add(NewEvent.of("message", payload));
    }
    sessions.commit(SessionCommit.to(id).append(events)).orThrow();
  }
}

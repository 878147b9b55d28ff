package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreInterruptedException;
import dev.belay.testing.LaterThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a check finds nothing in a sound store, whatever is written meanwhile. Method: threads that
 * use every verb, workers that complete and fail, and checks one after another until enough of them
 * have been overtaken by commits.
 */
@OnEachForm
class CheckTest {
  private static final int CHECKS = 12;
  private static final Duration TTL = Duration.ofMinutes(1);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private final AtomicLong written = new AtomicLong();

  @Test
  void nothing_is_found_in_an_empty_store() {
    assertThat(store.belay().check()).isEmpty();
  }

  @Test
  void nothing_is_found_in_a_store_that_is_written_meanwhile() throws Exception {
    Belay belay = store.belay();
    AtomicBoolean end = new AtomicBoolean();
    LaterThreads writers = new LaterThreads();
    List<CompletableFuture<?>> writing = new ArrayList<>();
    WorkQueue queue = belay.queue("handled");
    try (Worker worker =
        queue
            .worker(
                (claim, context) -> {
                  if (claim.workId() % 3 == 0) {
                    throw new IllegalStateException("every third piece of work fails");
                  }
                })
            .threads(2)
            .batch(4)
            .start()) {
      for (int i = 0; i < 3; i++) {
        int seed = i;
        writing.add(writers.run(() -> write(belay, new Random(seed), end)));
      }
      int overtaken = 0;
      while (overtaken < CHECKS && writing.stream().noneMatch(CompletableFuture::isDone)) {
        long before = written.get();
        assertThat(belay.check()).isEmpty();
        if (written.get() > before) {
          overtaken++;
        }
      }
      assertThat(worker.isRunning()).isTrue();
    } finally {
      end.set(true);
      writers.join();
    }
    for (CompletableFuture<?> each : writing) {
      LaterThreads.get(each);
    }
    assertThat(belay.check()).isEmpty();
  }

  private long write(Belay belay, Random random, AtomicBoolean end) {
    while (!end.get()) {
      String id = "s" + random.nextInt(6);
      switch (random.nextInt(12)) {
        case 0 -> belay.sessions().clear(id);
        case 1 -> belay.sessions().delete(id + random.nextInt(3));
        case 2 -> belay.sessions().free(3);
        case 3 -> belay.sessions().commit(SessionCommit.to(id + random.nextInt(3)).append(EVENT));
        case 4 -> leases(belay, id);
        case 5, 6 -> enqueue(belay, random);
        case 7, 8 -> claim(belay.queue("claimed"), random);
        case 9 -> belay.queue("claimed").purge(belay.queue("claimed").tx().read(tx -> tx.now()), 2);
        default -> commit(belay, id, random);
      }
      written.incrementAndGet();
    }
    return written.get();
  }

  private static final NewEvent EVENT = NewEvent.of("t", "payload");

  private static void commit(Belay belay, String id, Random random) {
    SessionCommit commit =
        SessionCommit.to(id)
            .append(EVENT, EVENT, EVENT)
            .operation("o" + random.nextInt(50))
            .enqueue("claimed", NewWork.of("p").withLane("lane" + random.nextInt(2)));
    belay.sessions().commit(random.nextBoolean() ? commit.parent(0) : commit);
  }

  private static void leases(Belay belay, String name) {
    belay.leases().acquire(name, "h", TTL).granted().ifPresent(belay.leases()::release);
    belay.leases().acquire(name, "h", Duration.ofMillis(1));
  }

  private static void enqueue(Belay belay, Random random) {
    List<NewWork> works = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      NewWork work = NewWork.of("p").withAttemptsMax(2).withPriority(random.nextInt(2));
      works.add(random.nextBoolean() ? work.withLane("lane" + random.nextInt(3)) : work);
    }
    belay.queue(random.nextBoolean() ? "handled" : "claimed").enqueueAll(works);
  }

  private static void claim(WorkQueue queue, Random random) {
    String lane = "lane" + random.nextInt(3);
    (random.nextBoolean()
            ? queue.claim("w", TTL, 3)
            : queue.claimLane(lane, "w", random.nextInt(8) == 0 ? Duration.ofMillis(1) : TTL, 3))
        .forEach(
            claim -> {
              switch (random.nextInt(6)) {
                case 0 -> queue.fail(claim, "no");
                case 1 -> queue.release(claim);
                case 2 -> {
                  queue.cancel(claim.workId()); // only a request: the next of its lane waits for it
                  queue.release(claim);
                }
                case 3 -> queue.bury(claim, "no");
                case 4 -> queue.complete(claim, "result");
                default -> queue.complete(claim);
              }
              if (random.nextInt(4) == 0) {
                queue.requeue(claim.workId());
              }
            });
  }

  @Test
  void an_interrupt_ends_a_check() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> store.belay().check()).isInstanceOf(StoreInterruptedException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(store.belay().check()).isEmpty();
  }

  @Test
  void a_closed_store_is_not_checked() {
    store.belay().close();
    assertThatThrownBy(() -> store.belay().check()).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void a_check_inside_a_body_is_refused() {
    store
        .belay()
        .useWrite(
            tx ->
                assertThatThrownBy(() -> store.belay().check())
                    .isInstanceOf(IllegalStateException.class));
  }
}

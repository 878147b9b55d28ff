package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.adapters.testing.TestStores;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.RetryPolicy;
import dev.belay.queue.WorkState;
import dev.belay.testing.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Goal: a worker that is declared as a bean runs as long as the application does, and no longer
 * than what it uses. Method: contexts whose handlers report to the test.
 */
class WorkerLifecycleTest {
  private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
  private final List<String> order = new CopyOnWriteArrayList<>();

  @TempDir Path folder;

  private ApplicationContextRunner runner(TestStores store) {
    return Contexts.withStarter().withPropertyValues(Contexts.property(store, folder));
  }

  private BelayWorker noting() {
    return BelayWorker.of("q", (claim, context) -> handled.add(claim.payload()));
  }

  @ParameterizedTest
  @EnumSource
  void a_declared_worker_handles_work(TestStores store) {
    runner(store)
        .withBean(BelayWorker.class, this::noting)
        .run(
            context -> {
              context.getBean(Belay.class).queue("q").enqueue(NewWork.of("p"));
              assertThat(Patience.take(handled)).isEqualTo("p");
            });
  }

  @Test
  void several_workers_run_each_on_its_queue() {
    runner(TestStores.SQLITE)
        .withBean("a", BelayWorker.class, () -> BelayWorker.of("a", (c, x) -> handled.add("a")))
        .withBean("b", BelayWorker.class, () -> BelayWorker.of("b", (c, x) -> handled.add("b")))
        .run(
            context -> {
              Belay belay = context.getBean(Belay.class);
              belay.queue("a").enqueue(NewWork.of("p"));
              assertThat(Patience.take(handled)).isEqualTo("a");
              belay.queue("b").enqueue(NewWork.of("p"));
              assertThat(Patience.take(handled)).isEqualTo("b");
            });
  }

  /** A bean that handlers use, and that must not be destroyed under them. */
  private final class Used implements DisposableBean {
    @Override
    public void destroy() {
      order.add("bean destroyed");
    }
  }

  @Test
  void a_handler_ends_before_a_bean_is_destroyed_and_its_work_is_completed() {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch began = new CountDownLatch(1);
    runner(TestStores.SQLITE)
        .withBean(Used.class, Used::new)
        .withBean(
            BelayWorker.class,
            () ->
                BelayWorker.of(
                    "q",
                    (claim, context) -> {
                      began.countDown();
                      Patience.await(goOn);
                      order.add("handled");
                    }))
        .run(
            context -> {
              context.getBean(Belay.class).queue("q").enqueue(NewWork.of("p"));
              Patience.await(began);
              Thread closing = new Thread(((ConfigurableApplicationContext) context)::close);
              closing.start();
              // The stop has begun when no more work is claimed; then the handler is let go.
              WorkerLifecycle workers = context.getBean(WorkerLifecycle.class);
              Patience.until(
                  "the worker stops",
                  () -> workers.workers().stream().noneMatch(w -> w.worker().isRunning()));
              goOn.countDown();
              Patience.join(closing);
            });

    assertThat(order).containsExactly("handled", "bean destroyed");
    runner(TestStores.SQLITE)
        .run(
            context ->
                assertThat(context.getBean(Belay.class).queue("q").list(WorkState.DONE, 0, 10))
                    .hasSize(1));
  }

  @Test
  void workers_stop_at_the_same_time() {
    CountDownLatch interrupted = new CountDownLatch(2);
    CountDownLatch began = new CountDownLatch(2);
    runner(TestStores.SQLITE)
        .withPropertyValues("belay.queues.a.grace=0", "belay.queues.b.grace=0")
        .withBean("a", BelayWorker.class, () -> untilBothStop("a", began, interrupted))
        .withBean("b", BelayWorker.class, () -> untilBothStop("b", began, interrupted))
        .run(
            context -> {
              Belay belay = context.getBean(Belay.class);
              belay.queue("a").enqueue(NewWork.of("p"));
              belay.queue("b").enqueue(NewWork.of("p"));
              Patience.await(began);
            });

    assertThat(order).containsExactly("both", "both");
  }

  /** Ends only once the other one has been interrupted too. */
  private BelayWorker untilBothStop(String queue, CountDownLatch began, CountDownLatch stopped) {
    return BelayWorker.of(
        queue,
        (claim, context) -> {
          began.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            stopped.countDown();
            Patience.await(stopped);
            order.add("both");
          }
        });
  }

  @Test
  void a_context_that_is_stopped_and_started_again_has_its_workers() {
    runner(TestStores.SQLITE)
        .withBean(BelayWorker.class, this::noting)
        .run(
            context -> {
              ConfigurableApplicationContext again = context.getSourceApplicationContext();
              again.stop();
              assertThat(context.getBean(WorkerLifecycle.class).isRunning()).isFalse();
              context.getBean(Belay.class).queue("q").enqueue(NewWork.of("p"));
              again.start();
              assertThat(Patience.take(handled)).isEqualTo("p");
            });
  }

  @Test
  void a_process_can_leave_the_work_to_others() {
    runner(TestStores.SQLITE)
        .withPropertyValues("belay.workers.enabled=false")
        .withBean(BelayWorker.class, this::noting)
        .run(
            context -> {
              assertThat(context.getBean(WorkerLifecycle.class).isRunning()).isFalse();
              assertThat(context.getBean(WorkerLifecycle.class).workers()).isEmpty();
            });
  }

  @Test
  void properties_replace_the_settings_of_the_bean() {
    BlockingQueue<Duration> ttls = new LinkedBlockingQueue<>();
    runner(TestStores.SQLITE)
        .withPropertyValues("belay.queues.q.ttl=7s", "belay.queues.q.threads=2")
        .withBean(
            BelayWorker.class,
            () ->
                BelayWorker.of(
                        "q",
                        (claim, context) ->
                            ttls.add(Duration.between(claim.claimedAt(), claim.expiresAt())))
                    .withSettings(builder -> builder.ttl(Duration.ofSeconds(5)).name("mine")))
        .run(
            context -> {
              assertThat(context.getBean(WorkerLifecycle.class).workers())
                  .extracting(running -> running.worker().name())
                  .containsExactly("mine");
              context.getBean(Belay.class).queue("q").enqueue(NewWork.of("p"));
              assertThat(Patience.take(ttls)).isEqualTo(Duration.ofSeconds(7));
            });
  }

  @Test
  void the_options_of_the_queue_are_those_of_the_bean() {
    CountDownLatch twice = new CountDownLatch(2);
    runner(TestStores.SQLITE)
        .withBean(
            BelayWorker.class,
            () ->
                BelayWorker.of(
                        "q",
                        (claim, context) -> {
                          twice.countDown();
                          throw new IllegalStateException("fails");
                        })
                    .withQueueOptions(
                        QueueOptions.defaults()
                            .withRetry(
                                RetryPolicy.exponential(
                                    Duration.ofMillis(1), Duration.ofMillis(1)))))
        .run(
            context -> {
              context.getBean(Belay.class).queue("q").enqueue(NewWork.of("p").withAttemptsMax(2));
              Patience.await(twice);
            });
  }

  @Test
  void a_setting_that_is_refused_stops_the_start() {
    runner(TestStores.SQLITE)
        .withPropertyValues("belay.queues.q.threads=0")
        .withBean(BelayWorker.class, this::noting)
        .run(
            context ->
                assertThat(context).getFailure().rootCause().hasMessageContaining("threads"));
  }
}

package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.adapters.testing.TestStores;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import dev.belay.testing.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/**
 * Goal: health says whether the store answers and its workers run; the endpoint says what the store
 * holds. Method: contexts with and without the actuator, and stores that do not answer.
 */
class ActuatorTest {
  @TempDir Path folder;

  private ApplicationContextRunner runner(TestStores store) {
    return Contexts.withStarter().withPropertyValues(Contexts.property(store, folder));
  }

  private static Health health(ApplicationContext context) {
    return context.getBean("belayHealthIndicator", HealthIndicator.class).health(true);
  }

  private static BelayWorker idle() {
    return BelayWorker.of("q", (claim, context) -> {});
  }

  @ParameterizedTest
  @EnumSource
  void a_store_that_answers_is_up(TestStores store) {
    runner(store)
        .withBean(BelayWorker.class, ActuatorTest::idle)
        .run(
            context -> {
              assertThat(health(context).getStatus()).isEqualTo(Status.UP);
              assertThat(health(context).getDetails()).containsEntry("workers", 1);
            });
  }

  @Test
  void a_store_whose_file_is_gone_is_down() {
    runner(TestStores.SQLITE)
        .run(
            context -> {
              Files.delete(folder.resolve("store.db"));
              assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
            });
  }

  @Test
  void a_store_that_is_closed_is_down() {
    runner(TestStores.SQLITE)
        .run(
            context -> {
              context.getBean(Belay.class).close();
              assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
            });
  }

  @Test
  void a_store_whose_readers_are_all_busy_is_down_and_not_waited_for() {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch began = new CountDownLatch(2);
    runner(TestStores.SQLITE)
        .withBean(BelayOptionsCustomizer.class, () -> options -> options.withReaders(2))
        .run(
            context -> {
              Belay belay = context.getBean(Belay.class);
              List<CompletableFuture<Object>> slow =
                  List.of(slowRead(belay, began, end), slowRead(belay, began, end));
              Patience.await(began);
              WorkerLifecycle workers = context.getBean(WorkerLifecycle.class);
              Health busy = new StoreHealth(belay, workers, Duration.ofMillis(50)).health();
              assertThat(busy.getStatus()).isEqualTo(Status.DOWN);
              assertThat(busy.getDetails()).containsKey("read");
              end.countDown();
              for (CompletableFuture<Object> read : slow) {
                Patience.get(read);
              }
              assertThat(health(context).getStatus()).isEqualTo(Status.UP);
            });
  }

  private static CompletableFuture<Object> slowRead(
      Belay belay, CountDownLatch began, CountDownLatch end) {
    return belay
        .tx()
        .readAsync(
            tx -> {
              began.countDown();
              Patience.await(end);
              return "read";
            });
  }

  @Test
  void a_worker_that_has_ended_by_itself_is_down_and_named() {
    runner(TestStores.SQLITE)
        .withBean(BelayWorker.class, ActuatorTest::idle)
        .run(
            context -> {
              context.getBean(WorkerLifecycle.class).workers().get(0).worker().close();
              assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
              assertThat(health(context).getDetails()).containsEntry("ended", List.of("q"));
            });
  }

  @Test
  void health_can_be_switched_off() {
    runner(TestStores.SQLITE)
        .withPropertyValues("management.health.belay.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("belayHealthIndicator"));
  }

  @ParameterizedTest
  @EnumSource
  void the_endpoint_says_what_the_store_holds(TestStores store) {
    runner(store)
        .withPropertyValues("management.endpoints.web.exposure.include=belay")
        .withBean(BelayWorker.class, () -> BelayWorker.of("other", (claim, context) -> {}))
        .run(
            context -> {
              context.getBean(Belay.class).queue("q").enqueue(NewWork.of("p"));
              StoreEndpoint endpoint = context.getBean(StoreEndpoint.class);

              StoreEndpoint.Overview seen = endpoint.overview();
              assertThat(seen.store().queues().get(0).count(WorkState.READY).value()).isEqualTo(1);
              assertThat(seen.workers()).hasSize(1);
              assertThat(seen.workers().get(0).queue()).isEqualTo("other");
              assertThat(seen.workers().get(0).running()).isTrue();
              assertThat(endpoint.queue("q").ready()).isEqualTo(1);
            });
  }

  @Test
  void the_endpoint_is_not_exposed_by_default() {
    runner(TestStores.SQLITE).run(context -> assertThat(context).doesNotHaveBean("belayEndpoint"));
  }
}

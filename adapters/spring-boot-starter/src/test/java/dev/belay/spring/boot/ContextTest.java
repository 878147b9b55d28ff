package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.Patience;
import io.micrometer.context.ContextRegistry;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Goal: what is registered with Micrometer's context propagation reaches bodies on other threads.
 * Method: a thread local of the test.
 */
class ContextTest {
  private static final String KEY = "belay.test";
  private static final ThreadLocal<String> USER = new ThreadLocal<>();

  @TempDir Path folder;

  @BeforeEach
  void register() {
    ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, USER);
    USER.set("ann");
  }

  @AfterEach
  void remove() {
    USER.remove();
    ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
  }

  private ApplicationContextRunner runner() {
    return Contexts.withStarter().withPropertyValues(Contexts.property(TestStores.SQLITE, folder));
  }

  private static String userInBody(Belay belay) throws Exception {
    CompletableFuture<String> body = belay.tx().writeAsync(tx -> String.valueOf(USER.get()));
    return Patience.get(body);
  }

  @Test
  void a_body_on_another_thread_has_the_context_of_its_caller() {
    runner().run(context -> assertThat(userInBody(context.getBean(Belay.class))).isEqualTo("ann"));
  }

  @Test
  void the_application_can_carry_another_context() {
    runner()
        .withBean(
            BelayOptionsCustomizer.class, () -> options -> options.withContext(() -> task -> task))
        .run(context -> assertThat(userInBody(context.getBean(Belay.class))).isEqualTo("null"));
  }
}

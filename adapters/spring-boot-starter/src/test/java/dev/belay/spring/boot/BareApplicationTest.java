package dev.belay.spring.boot;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Parent;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Goal: an application needs nothing of Spring but Spring Boot itself. Method: a child JVM without
 * the other libraries, which handles one piece of work.
 */
class BareApplicationTest {
  private static final String OPTIONAL =
      "spring-boot-(?!autoconfigure-|\\d)|spring-(tx|jdbc|orm|data|integration|messaging|web)"
          + "|micrometer|context-propagation|hibernate|tomcat|HikariCP|jackson";

  @TempDir Path folder;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Child {
    @Bean
    Parent parent() {
      return new Parent();
    }

    @Bean
    BelayWorker worker(Parent parent) {
      return BelayWorker.of("q", (claim, context) -> parent.say(claim.payload()));
    }

    public static void main(String... arguments) {
      ConfigurableApplicationContext context =
          new SpringApplicationBuilder(Child.class)
              .bannerMode(Banner.Mode.OFF)
              .run("--belay.file=" + arguments[0], "--logging.level.root=error");
      context.getBean(Belay.class).queue("q").enqueue(NewWork.of("handled"));
      context.getBean(Parent.class).hear();
      context.close();
    }
  }

  @Test
  void the_store_and_its_workers_need_only_spring_boot() {
    try (ChildJvm child =
        ChildCommand.of(Child.class, folder.resolve("store.db"))
            .withClassPath(ChildClassPath.without(OPTIONAL))
            .start()) {
      child.expect("handled");
      child.send("end");
      child.awaitExit();
    }
  }
}

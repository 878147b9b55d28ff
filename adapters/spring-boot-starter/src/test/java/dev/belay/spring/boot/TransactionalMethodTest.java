package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.adapters.testing.TestStores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Goal: a method with {@code @Transactional("belayTransactionManager")} behaves as with any other
 * manager, also if its body runs twice. Method: a service whose transaction the server undoes.
 */
class TransactionalMethodTest {
  /** Refuses the first COMMIT after an INSERT as the server does for a serialization failure. */
  private static final List<String> FIRST_COMMIT_IS_UNDONE =
      List.of(
          "CREATE SEQUENCE commits",
          """
          CREATE FUNCTION undone_once() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            IF nextval('commits') = 1 THEN
              RAISE EXCEPTION 'undone' USING ERRCODE = '40001';
            END IF;
            RETURN NULL;
          END $$\
          """,
          """
          CREATE CONSTRAINT TRIGGER undone AFTER INSERT ON note
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION undone_once()\
          """);

  @TempDir Path folder;

  private ApplicationContextRunner runner(TestStores store) {
    return Contexts.withStarter()
        .withUserConfiguration(Application.class)
        .withPropertyValues(
            Contexts.property(store, folder),
            "belay.migrations=classpath:db/belay",
            "belay.transactions.enabled=true");
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement(order = 0)
  @Import({Notes.class, Listener.class})
  static class Application {
    @Bean
    List<String> seen() {
      return new CopyOnWriteArrayList<>();
    }

    /** An interceptor of the application, behind the transaction. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static DefaultPointcutAdvisor behindTheTransaction(ObjectProvider<List<String>> seen) {
      DefaultPointcutAdvisor advisor =
          new DefaultPointcutAdvisor(
              AnnotationMatchingPointcut.forMethodAnnotation(Transactional.class),
              (MethodInterceptor)
                  invocation -> {
                    seen.getObject().add("intercepted");
                    return invocation.proceed();
                  });
      advisor.setOrder(Ordered.LOWEST_PRECEDENCE);
      return advisor;
    }
  }

  static class Notes {
    private final JdbcTemplate jdbc;
    private final ApplicationEventPublisher events;

    Notes(@Qualifier("belayJdbcTemplate") JdbcTemplate jdbc, ApplicationEventPublisher events) {
      this.jdbc = jdbc;
      this.events = events;
    }

    // snippet: transactional
    @Transactional("belayTransactionManager")
    public int add(String text) {
      events.publishEvent(text);
      return jdbc.update("INSERT INTO note (text) VALUES (?)", text);
    }

    // end: transactional

    @Transactional("belayTransactionManager")
    public void addAndFail(String text, Exception failure) throws Exception {
      add(text);
      throw failure;
    }

    @Transactional(transactionManager = "belayTransactionManager", readOnly = true)
    public List<String> all() {
      return jdbc.queryForList("SELECT text FROM note ORDER BY text", String.class);
    }
  }

  static class Listener {
    private final Notes notes;
    private final List<String> seen;

    Listener(Notes notes, List<String> seen) {
      this.notes = notes;
      this.seen = seen;
    }

    @EventListener
    void published(String text) {
      seen.add("ran");
    }

    @TransactionalEventListener
    void committed(String text) {
      seen.add("after commit of " + text + ": " + notes.all());
    }

    @TransactionalEventListener(phase = TransactionPhase.AFTER_ROLLBACK)
    void rolledBack(String text) {
      seen.add("rolled back " + text);
    }
  }

  private static List<String> seen(ApplicationContext context) {
    @SuppressWarnings("unchecked")
    List<String> seen = context.getBean("seen", List.class);
    return seen;
  }

  @ParameterizedTest
  @EnumSource
  void a_method_commits_and_its_listeners_see_what_was_committed(TestStores store) {
    runner(store)
        .run(
            context -> {
              assertThat(context.getBean(Notes.class).add("a")).isEqualTo(1);
              assertThat(seen(context))
                  .containsExactly("intercepted", "ran", "intercepted", "after commit of a: [a]");
            });
  }

  @ParameterizedTest
  @EnumSource
  void a_runtime_exception_rolls_back_and_a_checked_one_does_not(TestStores store) {
    runner(store)
        .run(
            context -> {
              Notes notes = context.getBean(Notes.class);
              RuntimeException failure = new IllegalStateException("no");
              assertThatThrownBy(() -> notes.addAndFail("a", failure)).isSameAs(failure);
              IOException checked = new IOException("yet");
              assertThatThrownBy(() -> notes.addAndFail("b", checked)).isSameAs(checked);
              assertThat(notes.all()).containsExactly("b");
              assertThat(seen(context)).contains("rolled back a", "after commit of b: [b]");
            });
  }

  @Test
  void a_method_whose_transaction_was_undone_runs_again_as_a_whole() {
    runner(TestStores.POSTGRES)
        .run(
            context -> {
              undoTheFirstCommit(context);
              Notes notes = context.getBean(Notes.class);

              assertThat(notes.add("a")).isEqualTo(1);

              assertThat(notes.all()).containsExactly("a");
              assertThat(seen(context))
                  .as("each run has its interceptors, and the undone one is reported")
                  .startsWith("intercepted", "ran", "rolled back a", "intercepted", "ran")
                  .contains("after commit of a: [a]");
            });
  }

  @Test
  void a_template_whose_transaction_was_undone_runs_again() {
    runner(TestStores.POSTGRES)
        .run(
            context -> {
              undoTheFirstCommit(context);
              TransactionTemplate template =
                  new TransactionTemplate(
                      context.getBean("belayTransactionManager", PlatformTransactionManager.class));
              JdbcTemplate jdbc = context.getBean("belayJdbcTemplate", JdbcTemplate.class);
              AtomicInteger runs = new AtomicInteger();

              template.executeWithoutResult(
                  status -> {
                    runs.incrementAndGet();
                    jdbc.update("INSERT INTO note (text) VALUES ('a')");
                  });

              assertThat(runs).hasValue(2);
              assertThat(context.getBean(Notes.class).all()).containsExactly("a");
            });
  }

  private static void undoTheFirstCommit(ApplicationContext context) {
    context
        .getBean(Belay.class)
        .useWrite(tx -> FIRST_COMMIT_IS_UNDONE.forEach(sql -> tx.handle().execute(sql)));
  }
}

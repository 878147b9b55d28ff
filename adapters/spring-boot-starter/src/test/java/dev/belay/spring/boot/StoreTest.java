package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.adapters.testing.TestStores;
import dev.belay.queue.NewWork;
import dev.belay.store.BelayObserver;
import dev.belay.store.StoreClosedException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Goal: the properties open one store, which is closed with the application. Method: contexts with
 * the auto-configuration, on a file and on PostgreSQL.
 */
class StoreTest {
  private final ApplicationContextRunner runner = Contexts.withStarter();

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void a_property_opens_a_store_that_keeps_what_is_written(TestStores store) {
    ApplicationContextRunner opening = runner.withPropertyValues(Contexts.property(store, folder));
    opening.run(context -> context.getBean(Belay.class).queue("q").enqueue(NewWork.of("p")));

    opening.run(
        context -> {
          Belay belay = context.getBean(Belay.class);
          assertThat(belay.queue("q").claim("w", Duration.ofMinutes(1))).isPresent();
        });
  }

  @ParameterizedTest
  @EnumSource
  void the_store_is_closed_with_the_application(TestStores store) {
    Belay[] opened = new Belay[1];
    runner
        .withPropertyValues(Contexts.property(store, folder))
        .run(context -> opened[0] = context.getBean(Belay.class));

    assertThatThrownBy(() -> opened[0].queues()).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void without_a_property_there_is_no_bean() {
    runner.run(
        context -> {
          assertThat(context).hasNotFailed().doesNotHaveBean(Belay.class);
          assertThat(context).doesNotHaveBean(WorkerLifecycle.class);
        });
  }

  @Test
  void two_stores_are_refused() {
    runner
        .withPropertyValues(
            "belay.file=" + folder.resolve("store.db"), "belay.url=jdbc:postgresql://host/db")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("belay.file, belay.url and belay.data-source"));
  }

  @Test
  void a_user_without_a_url_is_refused() {
    runner
        .withPropertyValues("belay.file=" + folder.resolve("store.db"), "belay.username=app")
        .run(
            context ->
                assertThat(context).getFailure().rootCause().hasMessageContaining("belay.url"));
  }

  @Test
  void the_user_and_the_password_are_added_to_the_url() {
    runner
        .withPropertyValues(
            "belay.url=jdbc:postgresql://host/db", "belay.username=a b", "belay.password=?&=")
        .withBean("belay", Belay.class, Belay::openInMemory)
        .run(
            context ->
                assertThat(context.getBean(BelayProperties.class).jdbcUrl())
                    .isEqualTo("jdbc:postgresql://host/db?user=a+b&password=%3F%26%3D"));
  }

  @Test
  void no_text_of_the_properties_has_the_password() {
    runner
        .withPropertyValues("belay.url=jdbc:postgresql://host/db?password=secret")
        .withBean("belay", Belay.class, Belay::openInMemory)
        .run(
            context ->
                assertThat(context.getBean(BelayProperties.class).toString())
                    .doesNotContain("secret"));
  }

  @Test
  void a_store_of_the_applications_own_is_kept() {
    runner
        .withPropertyValues("belay.file=" + folder.resolve("store.db"))
        .withBean("mine", Belay.class, Belay::openInMemory)
        .run(
            context -> {
              assertThat(context).hasSingleBean(Belay.class).hasBean("mine");
              assertThat(folder.resolve("store.db")).doesNotExist();
            });
  }

  @Test
  void the_store_may_be_in_the_database_of_the_application() {
    runner
        .withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
        .withPropertyValues(
            "spring.datasource.url=" + TestStores.newSchema(), "belay.data-source=dataSource")
        .run(
            context -> {
              context.getBean(Belay.class).queue("q").enqueue(NewWork.of("p"));
              try (Connection connection = context.getBean(DataSource.class).getConnection();
                  Statement statement = connection.createStatement();
                  ResultSet rows = statement.executeQuery("SELECT queue FROM belay_work")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("q");
              }
            });
  }

  @Test
  void customizers_and_the_observer_are_used() {
    AtomicInteger transactions = new AtomicInteger();
    runner
        .withPropertyValues("belay.file=" + folder.resolve("store.db"), "belay.busy-timeout=3s")
        .withUserConfiguration(Customized.class)
        .withBean(BelayObserver.class, () -> new CountingObserver(transactions))
        .run(
            context -> {
              context.getBean(Belay.class).queue("q").enqueue(NewWork.of("p"));
              assertThat(transactions).hasPositiveValue();
              assertThat(context.getBean(Customized.class).busyTimeout)
                  .isEqualTo(Duration.ofSeconds(3));
            });
  }

  @Test
  void of_two_observers_none_is_left_out_silently() {
    runner
        .withPropertyValues("belay.file=" + folder.resolve("store.db"))
        .withBean("one", BelayObserver.class, () -> new CountingObserver(new AtomicInteger()))
        .withBean("two", BelayObserver.class, () -> new CountingObserver(new AtomicInteger()))
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(NoUniqueBeanDefinitionException.class));
  }

  @Test
  void the_tables_of_the_application_are_migrated() {
    runner
        .withPropertyValues(
            "belay.file=" + folder.resolve("store.db"), "belay.migrations=classpath:db/belay")
        .run(
            context ->
                context
                    .getBean(Belay.class)
                    .useWrite(tx -> tx.handle().execute("INSERT INTO note (text) VALUES ('a')")));
  }

  @Configuration(proxyBeanMethods = false)
  static class Customized {
    Duration busyTimeout;

    @Bean
    BelayOptionsCustomizer looksAtTheTimeout() {
      return options -> {
        busyTimeout = options.busyTimeout().orElseThrow();
        return options.withReaders(2);
      };
    }
  }

  private record CountingObserver(AtomicInteger transactions) implements BelayObserver {
    @Override
    public void transaction(TxEvent event) {
      transactions.incrementAndGet();
    }
  }
}

package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.adapters.testing.TestStores;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Goal: an application with its own database, JPA, Flyway and transactions is the same with and
 * without the starter. Method: a real application is started twice, and its beans and behaviour are
 * compared.
 */
class HostUnchangedTest {
  /** The names of the starter's beans, and of its configurations. */
  private static final Pattern STARTER =
      Pattern.compile("belay|dev\\.belay\\.spring\\.boot\\.\\w+AutoConfiguration");

  @TempDir Path folder;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @AutoConfigurationPackage
  @Import(Orders.class)
  static class Host {}

  static class Orders {
    private final EntityManager entities;
    private final JdbcTemplate jdbc;

    Orders(EntityManager entities, JdbcTemplate jdbc) {
      this.entities = entities;
      this.jdbc = jdbc;
    }

    @Transactional
    public String add(int id) {
      entities.persist(new HostRow(id));
      entities.flush();
      assertThat(jdbc.queryForObject("SELECT count(*) FROM host_row", Integer.class)).isPositive();
      return String.valueOf(TransactionAspectSupport.currentTransactionStatus().isNewTransaction());
    }

    @Transactional
    public void addAndFail(int id) {
      entities.persist(new HostRow(id));
      throw new IllegalStateException("no");
    }
  }

  private ConfigurableApplicationContext start(String database, String... properties) {
    return new SpringApplicationBuilder(Host.class)
        .web(WebApplicationType.NONE)
        .properties(
            "spring.datasource.url=jdbc:h2:mem:" + database,
            "spring.flyway.locations=classpath:db/host",
            "spring.jpa.hibernate.ddl-auto=validate",
            "spring.main.banner-mode=off",
            "management.endpoints.web.exposure.include=*")
        .properties(properties)
        .run();
  }

  /** The definitions of the beans that are not the starter's: class, factory and candidacy. */
  private static Map<String, String> beans(ConfigurableApplicationContext context) {
    Map<String, String> all = new TreeMap<>();
    for (String name : context.getBeanDefinitionNames()) {
      if (!STARTER.matcher(name).lookingAt()) {
        BeanDefinition definition = context.getBeanFactory().getBeanDefinition(name);
        Object bean = definition.isAbstract() ? null : context.getBean(name);
        all.put(
            name,
            AopUtils.getTargetClass(bean == null ? name : bean)
                    .getName()
                    .replaceAll("\\$(\\$|Proxy).*", "")
                + " by "
                + definition.getFactoryBeanName()
                + "."
                + definition.getFactoryMethodName()
                + (definition.isPrimary() ? " primary" : "")
                + (bean != null && AopUtils.isAopProxy(bean) ? " proxied" : ""));
      }
    }
    return all;
  }

  private static Map<String, List<String>> differences(
      Map<String, String> without, Map<String, String> with) {
    Map<String, List<String>> different = new TreeMap<>();
    Stream.concat(without.keySet().stream(), with.keySet().stream())
        .filter(name -> !Objects.equals(without.get(name), with.get(name)))
        .forEach(
            name ->
                different.put(
                    name,
                    List.of(String.valueOf(without.get(name)), String.valueOf(with.get(name)))));
    return different;
  }

  @Test
  void every_bean_of_the_host_is_the_same_with_and_without_a_store() {
    Map<String, String> without;
    try (ConfigurableApplicationContext context = start("a")) {
      without = beans(context);
      assertThat(context.containsBean("belay")).isFalse();
    }
    try (ConfigurableApplicationContext context = start("b", store())) {
      assertThat(differences(without, beans(context))).isEmpty();
      assertThat(context.containsBean("belay")).isTrue();
    }
    try (ConfigurableApplicationContext context =
        start("c", store(), "belay.transactions.enabled=true")) {
      assertThat(differences(without, beans(context))).isEmpty();
      assertThat(context.containsBean("belayTransactionManager")).isTrue();
    }
  }

  @Test
  void what_is_asked_for_by_its_type_is_the_hosts() {
    try (ConfigurableApplicationContext context =
        start("d", store(), "belay.transactions.enabled=true")) {
      assertThat(context.getBean(PlatformTransactionManager.class))
          .isInstanceOf(JpaTransactionManager.class);
      assertThat(context.getBean(TransactionTemplate.class).getTransactionManager())
          .isInstanceOf(JpaTransactionManager.class);
      assertThat(context.getBeanNamesForType(DataSource.class)).containsExactly("dataSource");
      assertThat(context.getBean(JdbcTemplate.class).getDataSource())
          .isSameAs(context.getBean(DataSource.class));
    }
  }

  @Test
  void transactions_and_migrations_of_the_host_go_to_its_database() {
    try (ConfigurableApplicationContext context =
        start("e", store(), "belay.transactions.enabled=true")) {
      Orders orders = context.getBean(Orders.class);
      assertThat(orders.add(1)).isEqualTo("true");
      assertThatThrownBy(() -> orders.addAndFail(2)).hasMessage("no");
      JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
      assertThat(jdbc.queryForList("SELECT id FROM host_row", Integer.class)).containsExactly(1);
      assertThat(context.getBean(Flyway.class).info().applied()).hasSize(1);
    }
  }

  @Test
  void the_health_of_the_host_has_only_one_more_part() {
    try (ConfigurableApplicationContext context =
        start("f", store(), "belay.transactions.enabled=true")) {
      assertThat(context.getBean(HealthEndpoint.class).health().getStatus()).isEqualTo(Status.UP);
    }
  }

  private String store() {
    return Contexts.property(TestStores.SQLITE, folder);
  }
}

package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.adapters.testing.TestStores;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.Tx;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Goal: in the PostgreSQL database of the application, Belay's verbs are part of its
 * {@code @Transactional} methods. Method: a real application with JPA, and rows of its own beside
 * what Belay writes.
 */
class HostTransactionTest {
  @TempDir Path folder;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @AutoConfigurationPackage
  @Import({Orders.class, Audit.class})
  static class Host {}

  static class Orders {
    private final EntityManager entities;
    private final Belay belay;
    private final BelayTransactions transactions;
    private final Audit audit;

    Orders(EntityManager entities, Belay belay, BelayTransactions transactions, Audit audit) {
      this.entities = entities;
      this.belay = belay;
      this.transactions = transactions;
      this.audit = audit;
    }

    // snippet: joined
    /** Keeps a row, the work for it and an event: all, or none. */
    @Transactional
    public void add(int id) {
      entities.persist(new HostRow(id));
      Tx tx = transactions.current();
      belay.queue("ship").enqueue(tx, NewWork.of("ship " + id));
      belay
          .sessions()
          .commit(tx, SessionCommit.to("s").append(NewEvent.of("ordered", "" + id)))
          .orThrow();
    }

    // end: joined

    @Transactional
    public void addAndFail(int id) {
      add(id);
      throw new IllegalStateException("no");
    }

    @Transactional
    public void auditAndFail(int id) {
      Tx tx = transactions.current();
      add(id);
      assertThat(transactions.current()).isSameAs(tx);
      audit.note("tried " + id);
      assertThat(transactions.current()).isSameAs(tx);
      belay.queue("ship").enqueue(tx, NewWork.of("again " + id));
      throw new IllegalStateException("no");
    }
  }

  static class Audit {
    private final Belay belay;
    private final BelayTransactions transactions;

    Audit(Belay belay, BelayTransactions transactions) {
      this.belay = belay;
      this.transactions = transactions;
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void note(String text) {
      belay.queue("audit").enqueue(transactions.current(), NewWork.of(text));
    }
  }

  private static ConfigurableApplicationContext start(String url, String... properties) {
    return new SpringApplicationBuilder(Host.class)
        .web(WebApplicationType.NONE)
        .properties(
            "spring.datasource.url=" + url,
            "spring.datasource.hikari.maximum-pool-size=25",
            "spring.flyway.enabled=false",
            "spring.jpa.hibernate.ddl-auto=update",
            "spring.main.banner-mode=off")
        .properties(properties)
        .run();
  }

  private static List<String> work(ConfigurableApplicationContext context, String queue) {
    Belay belay = context.getBean(Belay.class);
    return belay.queue(queue).list(WorkState.READY, 0, 10).stream()
        .map(line -> belay.queue(queue).find(line.id()).orElseThrow().payload())
        .toList();
  }

  private static List<Integer> rows(ConfigurableApplicationContext context) {
    return context
        .getBean(JdbcTemplate.class)
        .queryForList("SELECT id FROM host_row", Integer.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"its pool", "its own connections"})
  void rows_work_and_events_are_committed_or_rolled_back_together(String connections) {
    String url = TestStores.newSchema();
    String store =
        connections.equals("its pool") ? "belay.data-source=dataSource" : "belay.url=" + url;
    try (ConfigurableApplicationContext context = start(url, store)) {
      Orders orders = context.getBean(Orders.class);
      orders.add(1);
      assertThatThrownBy(() -> orders.addAndFail(2)).hasMessage("no");

      assertThat(rows(context)).containsExactly(1);
      assertThat(work(context, "ship")).containsExactly("ship 1");
      assertThat(context.getBean(Belay.class).sessions().history("s")).hasSize(1);
    }
  }

  @Test
  void a_new_transaction_inside_has_a_tx_of_its_own() {
    String url = TestStores.newSchema();
    try (ConfigurableApplicationContext context = start(url, "belay.url=" + url)) {
      assertThatThrownBy(() -> context.getBean(Orders.class).auditAndFail(1)).hasMessage("no");

      assertThat(rows(context)).isEmpty();
      assertThat(work(context, "ship")).isEmpty();
      assertThat(work(context, "audit")).containsExactly("tried 1");
    }
  }

  @Test
  void without_a_transaction_there_is_nothing_to_join() {
    String url = TestStores.newSchema();
    try (ConfigurableApplicationContext context = start(url, "belay.url=" + url)) {
      assertThatThrownBy(() -> context.getBean(BelayTransactions.class).current())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no transaction");
    }
  }

  @Test
  void a_store_in_a_file_joins_no_transaction_of_the_host() {
    try (ConfigurableApplicationContext context =
        start("jdbc:h2:mem:joins", Contexts.property(TestStores.SQLITE, folder))) {
      TransactionTemplate template = context.getBean(TransactionTemplate.class);
      assertThatThrownBy(
              () ->
                  template.executeWithoutResult(
                      status -> context.getBean(BelayTransactions.class).current()))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void a_transaction_of_belay_inside_one_of_the_host_hides_it() {
    try (ConfigurableApplicationContext context =
        start(
            "jdbc:h2:mem:hidden",
            Contexts.property(TestStores.SQLITE, folder),
            "belay.transactions.enabled=true")) {
      TransactionTemplate host = context.getBean(TransactionTemplate.class);
      TransactionTemplate belays =
          new TransactionTemplate(
              context.getBean("belayTransactionManager", BelayTransactionManager.class));
      host.executeWithoutResult(
          outer -> {
            rowOfTheHost(context, 1);
            belays.executeWithoutResult(
                inner ->
                    context
                        .getBean(Belay.class)
                        .queue("ship")
                        .enqueue(
                            context.getBean(BelayTransactions.class).current(),
                            NewWork.of("stays")));
            rowOfTheHost(context, 2);
            outer.setRollbackOnly();
          });

      assertThat(rows(context)).isEmpty();
      assertThat(work(context, "ship")).containsExactly("stays");
    }
  }

  private static void rowOfTheHost(ConfigurableApplicationContext context, int id) {
    context.getBean(JdbcTemplate.class).update("INSERT INTO host_row (id) VALUES (?)", id);
  }
}

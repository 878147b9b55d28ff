package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Notes;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.statement.HashPrefixSqlParser;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: a host sets JDBI up as it likes, and Belay's own verbs do not notice. Method: each setting
 * that a host may make, then every facade is used; and the verbs of JDBI that users expect.
 */
@OnEachForm
class HostJdbiTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  record Setting(String name, Consumer<Jdbi> jdbi) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A DAO with what JDBI offers beside plain statements. */
  public interface WideSql {
    @SqlBatch("INSERT INTO note (text) VALUES (:text)")
    int[] addAll(List<String> text);

    @Transaction(readOnly = true)
    default int readOnly() {
      return 7;
    }
  }

  static Stream<Setting> settings() {
    ColumnMapper<String> shouting = (row, column, context) -> row.getString(column) + "!";
    ColumnMapper<Long> wrong = (row, column, context) -> row.getLong(column) + 1;
    return Stream.of(
        new Setting(
            "a plugin that wraps the connection", jdbi -> jdbi.installPlugin(new Wrapping())),
        new Setting("a parser", jdbi -> jdbi.setSqlParser(new HashPrefixSqlParser())),
        new Setting(
            "a template engine", jdbi -> jdbi.setTemplateEngine((template, context) -> "no SQL")),
        new Setting("column mappers", jdbi -> jdbi.registerColumnMapper(String.class, shouting)),
        new Setting(
            "a column mapper of long", jdbi -> jdbi.registerColumnMapper(Long.class, wrong)),
        new Setting(
            "unused bindings",
            jdbi -> jdbi.getConfig(SqlStatements.class).setUnusedBindingAllowed(true)),
        new Setting(
            "a query timeout", jdbi -> jdbi.getConfig(SqlStatements.class).setQueryTimeout(3600)),
        new Setting(
            "cached statements scoped",
            jdbi -> jdbi.getConfig(SqlStatements.class).setAttachAllStatementsForCleanup(true)));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void what_a_host_sets_on_jdbi_does_not_reach_belays_own_verbs(Setting setting) {
    Duration ttl = Duration.ofSeconds(30);
    try (Belay belay = store.fresh(options -> options.withJdbi(setting.jdbi()))) {
      WorkQueue queue = belay.queue("q");
      queue.enqueueAll(List.of(NewWork.of("a").withKey("k"), NewWork.of("b").withLane("l")));

      assertThat(queue.stats().count(WorkState.READY)).isEqualTo(2);
      assertThat(queue.claim("w", ttl).orElseThrow().payload()).isEqualTo("a");
      assertThat(queue.findByKey("k").orElseThrow().payload()).isEqualTo("a");
      assertThat(queue.lane("l", 10)).hasSize(1);
      assertThat(queue.list(WorkState.READY, 0, 10)).hasSize(1);
      assertThat(queue.claimLane("l", "w", ttl, 5)).hasSize(1);
      belay
          .sessions()
          .commit(SessionCommit.to("s", 0).append(NewEvent.of("t", "p")).state("x").operation("o"))
          .orThrow();
      assertThat(belay.sessions().load("s").orElseThrow().session().id()).isEqualTo("s");
      assertThat(belay.sessions().history("s").get(0).payload()).isEqualTo("p");
      assertThat(belay.sessions().list(null, 10)).hasSize(1);
      assertThat(belay.leases().acquire("lease", "me", ttl)).isInstanceOf(Granted.class);
      assertThat(belay.leases().list(null, 10)).hasSize(1);
      assertThat(belay.sessions().delete("s")).isTrue();
    }
  }

  @Test
  void a_body_uses_the_connection_that_a_plugin_has_wrapped() {
    try (Belay belay =
        store.fresh(options -> options.withJdbi(jdbi -> jdbi.installPlugin(new Wrapping())))) {
      store.createNotes(belay);
      belay.useWrite(tx -> Notes.add(tx, "a"));
      belay.useWrite(tx -> tx.attach(WideSql.class).addAll(List.of("b")));

      assertThat(Notes.all(belay)).containsExactly("a", "b");
    }
  }

  @Test
  void a_batch_of_a_dao_in_a_call_is_all_there_or_refused_and_not() {
    try (Belay belay = store.fresh()) {
      store.createNotes(belay);
      Throwable refused =
          catchThrowable(
              () -> belay.tx().call(tx -> tx.attach(WideSql.class).addAll(List.of("a", "b"))));

      assertThat(Notes.all(belay)).hasSize(refused == null ? 2 : 0);
      if (refused != null) {
        assertThat(refused).isInstanceOf(IllegalStateException.class).hasMessageContaining("call");
      }
    }
  }

  @Test
  void a_read_only_transaction_of_a_dao_in_a_write_is_refused_or_leaves_the_write_able_to_write() {
    try (Belay belay = store.fresh()) {
      store.createNotes(belay);
      Throwable refused =
          catchThrowable(() -> belay.useWrite(tx -> tx.attach(WideSql.class).readOnly()));
      belay.useWrite(
          tx -> {
            Throwable inside = catchThrowable(() -> tx.attach(WideSql.class).readOnly());
            assertThat(inside == null).isEqualTo(refused == null);
            Notes.add(tx, "a");
          });

      assertThat(Notes.all(belay)).containsExactly("a");
    }
  }

  @Test
  void a_read_only_transaction_of_a_dao_joins_a_read() {
    try (Belay belay = store.fresh()) {
      int answer = belay.read(tx -> tx.attach(WideSql.class).readOnly());

      assertThat(answer).isEqualTo(7);
      store.createNotes(belay); // still writes
    }
  }

  @Test
  void keys_asked_of_raw_jdbc_are_given_or_refused_but_never_silently_missing() {
    try (Belay belay = store.fresh()) {
      store.createNotes(belay);
      belay.useWrite(
          tx -> {
            Connection connection = tx.handle().getConnection();
            Throwable refused =
                catchThrowable(
                    () -> {
                      PreparedStatement insert =
                          connection.prepareStatement(
                              "INSERT INTO note (text) VALUES ('a')",
                              Statement.RETURN_GENERATED_KEYS);
                      insert.executeUpdate();
                      if (!insert.getGeneratedKeys().next()) {
                        throw new AssertionError("no key, and no word of it");
                      }
                    });
            assertThat(refused).isNotInstanceOf(AssertionError.class);
          });
    }
  }

  /** Wraps the connection, as a plugin that logs or measures does. */
  private static final class Wrapping implements JdbiPlugin {
    @Override
    public Connection customizeConnection(Connection connection) throws SQLException {
      return (Connection)
          Proxy.newProxyInstance(
              HostJdbiTest.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, args) -> {
                try {
                  return method.invoke(connection, args);
                } catch (InvocationTargetException e) {
                  throw e.getCause() != null ? e.getCause() : e;
                }
              });
    }
  }
}

package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.store.StoreException;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: what a host is told about a transaction that verbs cannot take part in. */
class JoinRefusalTest {
  private String url;
  private Belay belay;
  private Connection host;

  @BeforeEach
  void open() throws SQLException {
    url = Server.newStore();
    belay = Belay.openPostgres(url, TestOptions.defaults().withCommitGroupMax(1));
    host = DriverManager.getConnection(url);
    host.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    host.close();
    belay.close();
    Server.drop(url);
  }

  @Test
  void a_transaction_with_a_snapshot_is_refused_by_the_name_of_its_isolation() throws SQLException {
    host.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> belay.tx().join(host))
        .withMessageContaining("REPEATABLE READ");
    host.rollback();
    host.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> belay.tx().join(host))
        .withMessageContaining("SERIALIZABLE");
    host.rollback();
    host.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);

    belay.queue("q").enqueue(belay.tx().join(host), NewWork.of("p"));
    host.commit();

    assertThat(belay.queue("q").stats().ready()).isEqualTo(1);
  }

  @Test
  void a_savepoint_that_is_gone_does_not_hide_why_the_verb_failed() throws SQLException {
    String xid;
    try (var row = host.createStatement().executeQuery("SELECT pg_current_xact_id()::text")) {
      row.next();
      xid = row.getString(1);
    }
    var joined = new PgHostTransaction(host, new PgFailures("the store"), xid);
    var cause = new IllegalStateException("the cause");

    assertThatThrownBy(
            () ->
                joined.inSavepoint(
                    () -> {
                      rollback();
                      throw cause;
                    }))
        .isSameAs(cause);
    assertThat(cause.getSuppressed()).hasSize(1).hasOnlyElementsOfType(StoreException.class);
  }

  private void rollback() {
    try {
      host.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.belay.session;

import static dev.belay.kit.session.TurnStore.event;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.kit.session.TurnStore;
import dev.belay.queue.NewWork;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreCorruptException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A receipt whose row is damaged. */
class ReceiptTest {
  private static final SessionCommit TURN =
      SessionCommit.to("s", 1)
          .operation("turn")
          .append(event("b"))
          .enqueue("mail", NewWork.of("mail"));

  @RegisterExtension final TurnStore store = TurnStore.on(SqliteEngine.FILE);

  @Test
  void a_receipt_that_names_no_work_is_corrupt() {
    store.sessions().commit(TURN).orThrow();
    overwriteEnqueued("X'0000000000000000'");

    assertThatExceptionOfType(StoreCorruptException.class)
        .isThrownBy(() -> store.sessions().commit(TURN))
        .withMessage("a receipt of session no. 1 names work 0");
    assertThatExceptionOfType(UnableToExecuteStatementException.class)
        .isThrownBy(() -> overwriteEnqueued("X'00000000000000'"))
        .withMessageContaining("CHECK");
  }

  private void overwriteEnqueued(String bytes) {
    store
        .belay()
        .useWrite(
            tx -> tx.handle().execute("UPDATE belay_session_receipt SET enqueued = " + bytes));
  }
}

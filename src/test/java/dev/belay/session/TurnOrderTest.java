package dev.belay.session;

import static dev.belay.kit.session.TurnStore.QUEUE;
import static dev.belay.kit.session.TurnStore.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.session.TurnStore;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.session.CommitOutcome.ClaimLost;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.KeyConflict;
import dev.belay.session.CommitOutcome.LeaseLost;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which refusal a commit gets that deserves several. */
class TurnOrderTest {
  /** What can be wrong with a commit, in the order in which it is told. */
  enum Fault {
    DELETED(SessionDeleted.class),
    OPERATION(OperationConflict.class),
    REVISION(RevisionConflict.class),
    LEASE(LeaseLost.class),
    CLAIM(ClaimLost.class),
    PARENT(UnknownParent.class),
    EVENT(DuplicateEvent.class),
    KEY(KeyConflict.class);

    private final Class<? extends CommitOutcome> refusal;

    Fault(Class<? extends CommitOutcome> refusal) {
      this.refusal = refusal;
    }
  }

  @RegisterExtension final TurnStore store = TurnStore.on(SqliteEngine.FILE);
  private Lease lease;
  private Lease lostLease;
  private Claim claim;
  private Claim lostClaim;

  @BeforeEach
  void open() {
    store
        .sessions()
        .commit(SessionCommit.to("s", 1).operation("known").append(event("b").withId("known")))
        .orThrow();
    store.sessions().commit(SessionCommit.to("gone", 0)).orThrow();
    store.belay().useWrite(tx -> tx.attach(UnfreedDao.class).burn("gone", 1));
    store.queue().enqueue(NewWork.of("x").withKey("known"));
    store.queue().claim("a", TurnStore.TTL).ifPresent(store.queue()::complete);
    lostLease = store.lease("lost", "a");
    store.belay().leases().release(lostLease);
    lease = store.lease("live", "a");
    lostClaim = store.claimNew("lost");
    store.queue().complete(lostClaim);
    claim = store.claimNew("live");
  }

  @Test
  void the_order_of_refusals_is_fixed_and_each_has_written_nothing() throws SQLException {
    List<String> before = everything();

    for (Fault first : Fault.values()) {
      for (Fault second : EnumSet.range(first, Fault.KEY)) {
        SessionCommit commit = commitWith(EnumSet.of(first, second));
        assertThat(store.sessions().commit(commit))
            .as("%s and %s", first, second)
            .isInstanceOf(first.refusal);
      }
      assertThat(store.sessions().commit(commitWith(EnumSet.range(first, Fault.KEY))))
          .as("%s and all after it", first)
          .isInstanceOf(first.refusal);
    }

    assertThat(everything()).isEqualTo(before);
    store.sessions().commit(commitWith(Set.of())).orThrow();
  }

  /** Every row of every table, the counters of ids and tokens among them. */
  private List<String> everything() throws SQLException {
    Path file = Path.of(store.address());
    List<String> rows = new ArrayList<>();
    for (String table :
        PlainSqlite.rows(file, "SELECT name FROM sqlite_master WHERE type = 'table'")) {
      for (String row : PlainSqlite.rows(file, "SELECT * FROM " + table)) {
        rows.add(table + ": " + row);
      }
    }
    return rows;
  }

  private SessionCommit commitWith(Set<Fault> faults) {
    SessionCommit commit =
        SessionCommit.to(
                faults.contains(Fault.DELETED) ? "gone" : "s",
                faults.contains(Fault.REVISION) ? 9 : 2)
            .operation(faults.contains(Fault.OPERATION) ? "known" : "new")
            .complete(faults.contains(Fault.CLAIM) ? lostClaim : claim)
            .releasing(faults.contains(Fault.LEASE) ? lostLease : lease)
            .append(event("c").withId(faults.contains(Fault.EVENT) ? "known" : "new"))
            .enqueue(QUEUE, NewWork.of("y").withKey(faults.contains(Fault.KEY) ? "known" : "new"));
    return faults.contains(Fault.PARENT) ? commit.parent(9) : commit;
  }
}

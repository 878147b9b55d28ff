package dev.belay.session;

import static dev.belay.kit.session.TurnStore.QUEUE;
import static dev.belay.kit.session.TurnStore.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.kit.session.TurnStore;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: no verb of sessions executes a statement that it does not need. */
@OnEachForm
class StatementCountTest {
  /** What a commit asks once a second: whether rows of deleted sessions are to be freed. */
  private static final String LOOK = "first";

  private static final Set<String> LOCKS = Set.of("session", "lease", "lane", "work");

  @RegisterExtension final TurnStore store = TurnStore.onEachForm();

  @Test
  void a_history_is_three_queries() {
    List<String> statements =
        store
            .belay()
            .read(
                tx -> {
                  CountingTx counting = new CountingTx(tx);
                  assertThat(store.sessions().history(counting, "s")).hasSize(1);
                  return counting.calls();
                });

    assertThat(statements).containsExactly("head", "run", "events");
  }

  @Test
  void a_commit_without_a_turn_executes_no_statement_more() {
    List<String> statements =
        store
            .belay()
            .write(
                tx -> {
                  CountingTx counting = new CountingTx(tx);
                  SessionCommit commit = SessionCommit.to("s", 1).append(event("b"));
                  new CommitStep(counting, commit, null).run().orThrow();
                  return withoutLocks(counting.calls());
                });

    assertThat(statements).containsExactly("head", "advance", "append");
  }

  @Test
  void a_turn_executes_few_statements() {
    Claim claim = store.claimNewLane("s", "turn 1").get(0);
    Lease lease = store.lease("s", "a");
    SessionCommit commit =
        SessionCommit.to("s", 1)
            .append(event("b"))
            .complete(claim)
            .enqueue(QUEUE, NewWork.of("turn 2"))
            .fencedBy(lease);

    List<String> statements =
        store
            .belay()
            .write(
                tx -> {
                  CountingTx counting = new CountingTx(tx);
                  new CommitStep(counting, commit, null).run().orThrow();
                  return withoutLocks(counting.calls());
                });

    List<String> expected =
        new ArrayList<>(
            List.of(
                "head",
                "find",
                "held",
                "line",
                "advance",
                "append",
                "finish",
                "readyHead",
                "largestId",
                "add",
                "addPayload"));
    if (store.form().writersAtOnce() > 1) {
      expected.remove("largestId"); // ids come from a block that the handle has
    }
    assertThat(statements).isEqualTo(expected);
  }

  @Test
  void a_commit_reads_once_writes_the_head_once_and_each_event_once() {
    store.sessions().commit(SessionCommit.to("t", 0)).orThrow();

    assertThat(statementsOf(SessionCommit.to("t", 1).append(events(3))))
        .containsExactly("head", "advance", "append", "append", "append");
    assertThat(statementsOf(SessionCommit.to("t", 2).operation("op").append(events(1))))
        .containsExactly("head", "advance", "append", "keepReceipt");
    assertThat(statementsOf(SessionCommit.to("t", 2).operation("op").append(events(1))))
        .containsExactly("head");
  }

  /** Where several bodies write at once, a verb locks what it changes, which one lock does else. */
  private List<String> withoutLocks(List<String> all) {
    List<String> calls = all.stream().filter(call -> !call.equals(LOOK)).toList();
    if (store.form().writersAtOnce() == 1) {
      return calls;
    }
    assertThat(calls).startsWith("session");
    return calls.stream().filter(call -> !LOCKS.contains(call)).toList();
  }

  private List<String> statementsOf(SessionCommit commit) {
    return store
        .belay()
        .write(
            tx -> {
              CountingTx counting = new CountingTx(tx);
              store.sessions().commit(counting, commit).orThrow();
              return withoutLocks(counting.calls());
            });
  }

  private static List<NewEvent> events(int count) {
    List<NewEvent> events = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      events.add(event("event " + i));
    }
    return events;
  }
}

package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Parent;
import dev.belay.testing.Patience;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The same operations from many processes at once: every process sends every operation, in rounds
 * that begin together, until two different ones were the first. Each happens in one of them; all
 * get the same result.
 */
@NeedsSharing
@OnEachForm(slow = true)
class OperationProcessTest {
  private static final int PROCESSES = 4;
  private static final int ROUNDS = 40;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void one_of_many_processes_applies_an_operation_and_the_others_replay_it() {
    List<ChildJvm> senders = new ArrayList<>();
    Belay belay = store.belay();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        senders.add(store.child(OperationProcessTest.class).start());
      }
      senders.forEach(sender -> sender.expect("ready"));
      Set<ChildJvm> firsts = new HashSet<>();
      Patience patience = Patience.begin();
      int rounds = 0;
      for (; rounds < ROUNDS || firsts.size() < 2; rounds++) {
        patience.check(() -> "one process is always first");
        int round = rounds;
        for (ChildJvm sender : senders) {
          sender.send(Integer.toString(round));
        }
        String applied =
            new Committed(round + 1, round + 1, round + 1, List.of(), false).toString();
        List<String> answers = new ArrayList<>();
        for (ChildJvm sender : senders) {
          answers.add(sender.readLine());
          if (answers.get(answers.size() - 1).equals(applied)) {
            firsts.add(sender);
          }
        }
        String replayed =
            new Committed(round + 1, round + 1, round + 1, List.of(), true).toString();
        assertThat(answers).containsOnlyOnce(applied);
        assertThat(answers).filteredOn(replayed::equals).hasSize(PROCESSES - 1);
      }
      assertThat(belay.sessions().history("s")).hasSize(rounds);
    } finally {
      senders.forEach(ChildJvm::close);
    }
  }

  /** The child: commits round {@code n} when it hears {@code n}. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    try (Belay belay = Engine.open(args)) {
      parent.say("ready");
      while (true) {
        int round = Integer.parseInt(parent.hear());
        SessionCommit commit =
            SessionCommit.to("s", round)
                .operation("op-" + round)
                .append(NewEvent.of("message", "round " + round));
        parent.say(belay.sessions().commit(commit).toString());
      }
    }
  }
}

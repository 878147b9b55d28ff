package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.CommitUnknownException;
import dev.belay.testing.Parent;
import java.nio.file.Path;

/**
 * Commits more than the operating system lets this process write to a file, and goes on with less.
 */
final class UnknownCommitChild {
  private static final int TOO_LARGE = 8 << 20;

  private UnknownCommitChild() {}

  /** Argument: the file. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    try (Belay belay = Belay.open(Path.of(args[0]))) {
      commit(belay, "small", "x");
      try {
        commit(belay, "large", "x".repeat(TOO_LARGE));
        parent.say("committed");
      } catch (CommitUnknownException e) {
        parent.say("unknown, retryable: " + e.isRetryable());
      }
      parent.say(
          "large is " + (belay.sessions().find("large").isPresent() ? "there" : "not there"));
      commit(belay, "after", "x");
      parent.say("goes on");
    }
  }

  private static void commit(Belay belay, String session, String payload) {
    SessionCommit commit = SessionCommit.to(session, 0);
    belay.sessions().commit(commit.append(NewEvent.of("tool", payload))).orThrow();
  }
}

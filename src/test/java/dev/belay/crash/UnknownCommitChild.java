package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.CommitUnknownException;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;

/** Commits until the operating system lets this process write no more to the log, and goes on. */
final class UnknownCommitChild {
  /** Fits into the cache, so that it is written by the COMMIT and not before. */
  private static final String PAYLOAD = "x".repeat(1 << 20);

  private UnknownCommitChild() {}

  /** Argument: the file. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      int committed = 0;
      try {
        while (committed < 100) {
          commit(belay, committed, PAYLOAD);
          committed++;
        }
        parent.say("no commit failed");
      } catch (CommitUnknownException e) {
        parent.say("unknown, retryable: " + e.isRetryable());
      }
      int found = belay.sessions().history("run").size();
      parent.say(found == committed ? "the others are there" : found + " of " + committed);
      commit(belay, committed, "small");
      parent.say("goes on");
    }
  }

  private static void commit(Belay belay, long revision, String payload) {
    SessionCommit commit = SessionCommit.to("run", revision);
    belay.sessions().commit(commit.append(NewEvent.of("tool", payload))).orThrow();
  }
}

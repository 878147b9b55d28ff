package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.testing.Group;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Two bodies at a time, a commit and one that answers by the revision that it reads, until the
 * operating system lets this process write no more to the log. Says what the second was answered,
 * and whether that is in the file.
 */
final class UnknownGroupChild {
  private static final String PAYLOAD = "x".repeat(1 << 19);

  private UnknownGroupChild() {}

  /** Argument: the file. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      for (long revision = 0; revision < 100; revision++) {
        SessionCommit commit = commit(revision, PAYLOAD);
        SessionCommit same = commit(revision, "other");
        AtomicReference<Object> first = new AtomicReference<>();
        AtomicReference<Object> second = new AtomicReference<>();
        AtomicReference<Object> third = new AtomicReference<>();
        CompletableFuture<Committed> a;
        CompletableFuture<String> b;
        CompletableFuture<Committed> c;
        try (Group group = Group.of(belay.tx())) {
          a = belay.tx().writeAsync(tx -> noted(first, tx, belay, commit));
          b =
              belay
                  .tx()
                  .writeFlowAsync(
                      tx -> {
                        second.set(tx.now());
                        return TxOutcome.rollback("saw " + revision(belay, tx));
                      });
          c = belay.tx().writeAsync(tx -> noted(third, tx, belay, same));
          group.end();
        }
        if (answer(a).equals("unknown")) {
          boolean shared = first.get().equals(second.get()) && first.get().equals(third.get());
          long kept = belay.sessions().find("run").map(Session::revision).orElse(0L);
          parent.say(shared ? "shared" : "not shared");
          parent.say("b " + truth(answer(b), "saw " + kept));
          // a conflict names the revision that it found; it must be there
          parent.say("c " + truth(answer(c), "conflict with " + kept));
          return;
        }
      }
      parent.say("no commit failed");
    }
  }

  private static Committed noted(
      AtomicReference<Object> now, Tx tx, Belay belay, SessionCommit commit) {
    now.set(tx.now());
    return belay.sessions().commit(tx, commit).orThrow();
  }

  private static long revision(Belay belay, Tx tx) {
    return belay.sessions().find(tx, "run").map(Session::revision).orElse(0L);
  }

  private static SessionCommit commit(long revision, String payload) {
    return SessionCommit.to("run", revision).append(NewEvent.of("tool", payload));
  }

  private static String answer(CompletableFuture<?> future) {
    try {
      Object value = future.join();
      return value instanceof Committed ? "committed" : String.valueOf(value);
    } catch (CompletionException e) {
      if (e.getCause() instanceof CommitUnknownException) {
        return "unknown";
      }
      String message = String.valueOf(e.getCause().getMessage());
      int found = message.lastIndexOf("found ");
      return found < 0 ? message : "conflict with " + message.substring(found + "found ".length());
    }
  }

  private static String truth(String answer, String inTheFile) {
    return answer.equals("unknown") || answer.equals("committed") || answer.equals(inTheFile)
        ? "is true"
        : "was told '" + answer + "', true is '" + inTheFile + "'";
  }
}

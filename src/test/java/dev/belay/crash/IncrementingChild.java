package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Threads that move the head of one session on, each from the revision that it has just read.
 * Finally says how many commits were accepted and how many refused.
 */
final class IncrementingChild {
  private static final String SESSION = "head";

  private final Sessions sessions;
  private final long endNs;

  private IncrementingChild(Sessions sessions, long endNs) {
    this.sessions = sessions;
    this.endNs = endNs;
  }

  /** Arguments: the file, the number of threads, for how many milliseconds. */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    int threads = Integer.parseInt(args[1]);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      parent.say("ready");
      parent.hear();
      parent.follow();
      long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[2]));
      Callable<long[]> task = () -> new IncrementingChild(belay.sessions(), endNs).increment();
      List<Future<long[]>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(executor.submit(task));
      }
      long accepted = 0;
      long refused = 0;
      for (Future<long[]> thread : running) {
        accepted += thread.get()[0];
        refused += thread.get()[1];
      }
      parent.say(accepted + " " + refused);
    } finally {
      executor.shutdownNow();
    }
  }

  /** The accepted and the refused. Whatever is neither ends this process with an error. */
  private long[] increment() {
    long[] counts = new long[2];
    while (System.nanoTime() < endNs) {
      long revision = sessions.find(SESSION).map(Session::revision).orElse(0L);
      CommitOutcome outcome =
          sessions.commit(SessionCommit.to(SESSION, revision).append(NewEvent.of("tick", "")));
      if (outcome instanceof CommitOutcome.RevisionConflict conflict) {
        if (conflict.expected() != revision || conflict.actual() <= revision) {
          throw new IllegalStateException("read " + revision + ", refused with " + conflict);
        }
        counts[1]++;
      } else if (outcome.orThrow().revision() == revision + 1) {
        counts[0]++;
      } else {
        throw new IllegalStateException("read " + revision + ", accepted with " + outcome);
      }
    }
    return counts;
  }
}

package dev.belay.kit.crash;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.session.CommitOutcome;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.testing.Parent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that move the head of one session on, each from the revision that it has just read. Says
 * {@code met} when one of its commits was accepted and one was refused because of another process,
 * and how many were accepted and how many refused when it is told to end.
 */
final class IncrementingChild {
  private static final String SESSION = "head";
  private static final String SELF = Long.toString(ProcessHandle.current().pid());

  private final Sessions sessions;
  private final Parent parent;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicBoolean refusedForAnother = new AtomicBoolean();
  private final AtomicBoolean met = new AtomicBoolean();
  private volatile boolean ending;

  private IncrementingChild(Sessions sessions, Parent parent) {
    this.sessions = sessions;
    this.parent = parent;
  }

  /**
   * Arguments: those of {@link Engine#open}, the number of threads. Begins when it is told
   * anything, ends likewise.
   */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    int threads = Integer.parseInt(args[2]);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (Belay belay = Engine.open(args)) {
      IncrementingChild child = new IncrementingChild(belay.sessions(), parent);
      parent.say("ready");
      parent.hear();
      parent.listen(line -> child.ending = true);
      Callable<Boolean> task = child::increment;
      List<Future<Boolean>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(executor.submit(task));
      }
      for (Future<Boolean> thread : running) {
        thread.get(); // whatever it threw ends this process with an error
      }
      parent.say(child.accepted + " " + child.refused);
    } finally {
      executor.shutdownNow();
    }
  }

  /** Whatever is neither accepted nor refused ends this process with an error. */
  private boolean increment() {
    while (!ending) {
      long revision = sessions.find(SESSION).map(Session::revision).orElse(0L);
      CommitOutcome outcome =
          sessions.commit(SessionCommit.to(SESSION, revision).append(NewEvent.of("tick", SELF)));
      if (outcome instanceof CommitOutcome.RevisionConflict conflict) {
        if (conflict.expected() != revision || conflict.actual() <= revision) {
          throw new IllegalStateException("read " + revision + ", refused with " + conflict);
        }
        refused.incrementAndGet();
        if (!refusedForAnother.get() && !winner(revision).equals(SELF)) {
          refusedForAnother.set(true);
        }
      } else if (outcome.orThrow().revision() == revision + 1) {
        accepted.incrementAndGet();
      } else {
        throw new IllegalStateException("read " + revision + ", accepted with " + outcome);
      }
      if (refusedForAnother.get() && accepted.get() > 0 && met.compareAndSet(false, true)) {
        parent.say("met");
      }
    }
    return true;
  }

  /** The process whose commit has moved the head on from {@code revision}: each has one event. */
  private String winner(long revision) {
    return sessions.events(SESSION, revision, 1).get(0).payload();
  }
}

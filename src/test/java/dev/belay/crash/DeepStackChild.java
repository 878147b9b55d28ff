package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.Tx;
import dev.belay.testing.Notes;
import dev.belay.testing.Parent;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Uses up the stack of one thread after another and calls a verb at each of the last frames; after
 * each says how a fresh thread is served.
 */
final class DeepStackChild {
  private static final int FRAMES = 400;
  private static final int DEPTH_MAX = 10_000_000; // more than fits on a stack
  private static final long STACK_BYTES = 256 << 10;

  private final Belay belay;
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong overflows = new AtomicLong();
  private final AtomicLong served = new AtomicLong();

  private DeepStackChild(Belay belay) {
    this.belay = belay;
  }

  /** Arguments: the file or {@code memory}, the verb, how many threads. */
  public static void main(String[] args) throws InterruptedException {
    Parent parent = new Parent();
    try (Belay belay = open(args[0])) {
      SqliteNotes.create(belay);
      DeepStackChild child = new DeepStackChild(belay);
      child.verbs().values().forEach(Runnable::run); // what is loaded only now overflows for ever
      Runnable verb = child.verbs().get(args[1]);
      for (int round = 0; round < Integer.parseInt(args[2]); round++) {
        Thread deep = new Thread(null, () -> child.descend(verb, 0), "deep", STACK_BYTES);
        deep.start();
        deep.join();
        Thread fresh = new Thread(() -> child.verbs().values().forEach(Runnable::run), "fresh");
        fresh.start();
        fresh.join();
        parent.say("served");
      }
      parent.say(child.served + " served, " + child.overflows + " overflows");
      parent.hear();
    }
    parent.say("closed");
  }

  private static Belay open(String file) {
    return file.equals("memory")
        ? Belay.openInMemory(TestOptions.defaults())
        : Belay.open(Path.of(file), TestOptions.defaults());
  }

  private Map<String, Runnable> verbs() {
    return Map.of(
        "commit",
        () ->
            belay
                .sessions()
                .commit(
                    SessionCommit.to("s" + ids.incrementAndGet(), 0)
                        .append(NewEvent.of("tool", "x"))),
        "write",
        () -> belay.useWrite(tx -> Notes.add(tx, "n" + ids.incrementAndGet())),
        "read",
        () -> belay.read(DeepStackChild::countNotes),
        "call",
        () -> belay.tx().call(DeepStackChild::countNotes),
        "enqueue",
        () -> belay.queue("q").enqueue(NewWork.of("payload")));
  }

  private static List<Integer> countNotes(Tx tx) {
    return tx.handle().createQuery("SELECT count(*) FROM note").mapTo(Integer.class).list();
  }

  /** Returns how many frames there are above this one, at most those that try. */
  private int descend(Runnable verb, int depth) {
    int above;
    try {
      above = depth == DEPTH_MAX ? 0 : descend(verb, depth + 1);
    } catch (StackOverflowError e) {
      above = 0;
    }
    if (above < FRAMES) {
      try {
        verb.run();
        served.incrementAndGet();
      } catch (StackOverflowError e) {
        overflows.incrementAndGet();
      } catch (RuntimeException e) {
        overflows.incrementAndGet(); // of a library that wraps it, or of the connection it cost
      }
    }
    return above + 1;
  }
}

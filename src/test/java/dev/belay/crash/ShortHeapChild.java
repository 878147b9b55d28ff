package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import dev.belay.store.Tx;
import dev.belay.testing.Notes;
import dev.belay.testing.Parent;
import dev.belay.testing.Patience;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes its whole heap for a moment, again and again, while all verbs are called and a worker runs;
 * then says whether each is served.
 */
final class ShortHeapChild {
  private static final int SHORTAGES = 12;
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  private final Belay belay;
  private final WorkQueue queue;
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final AtomicLong handled = new AtomicLong();
  private volatile boolean over;

  private ShortHeapChild(Belay belay) {
    this.belay = belay;
    this.queue = belay.queue("q");
  }

  /** Argument: the file. */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      SqliteNotes.create(belay);
      ShortHeapChild child = new ShortHeapChild(belay);
      WorkHandler handler = (claim, context) -> child.handled.incrementAndGet();
      Worker worker = child.queue.worker(handler).threads(2).start();
      try {
        child.runShort();
        parent.say(child.errors + " errors");
        child.everyVerb();
        parent.say("every verb is served");
        long before = child.handled.get();
        child.queue.enqueue(NewWork.of("after"));
        Patience.until("work is handled", () -> child.handled.get() > before);
        parent.say("the worker runs");
        parent.hear();
      } finally {
        worker.close();
      }
    }
    parent.say("closed");
  }

  private void runShort() throws InterruptedException {
    everyVerbQuietly();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread caller = new Thread(this::call, "caller-" + i);
      caller.setDaemon(true);
      caller.start();
      callers.add(caller);
    }
    for (int i = 0; i < SHORTAGES; i++) {
      List<byte[]> ballast = takeAll();
      LockSupport.parkNanos(SHORT_NANOS);
      ballast.clear();
      LockSupport.parkNanos(SHORT_NANOS);
    }
    over = true;
    for (Thread caller : callers) {
      Patience.join(caller);
    }
  }

  private static List<byte[]> takeAll() {
    List<byte[]> taken;
    try {
      taken = new ArrayList<>(100_000);
    } catch (OutOfMemoryError e) {
      return new ArrayList<>(0); // it is short already
    }
    for (int bytes = 1 << 16; bytes >= 64; bytes /= 8) {
      try {
        while (true) {
          taken.add(new byte[bytes]);
        }
      } catch (OutOfMemoryError e) {
        // then smaller ones
      }
    }
    return taken;
  }

  private void call() {
    while (!over) {
      everyVerbQuietly();
    }
  }

  private void everyVerbQuietly() {
    try {
      everyVerb();
    } catch (Throwable e) {
      errors.incrementAndGet();
    }
  }

  private void everyVerb() throws Exception {
    belay.useWrite(tx -> Notes.add(tx, "n" + ids.incrementAndGet()));
    CompletableFuture<Integer> future = belay.tx().writeAsync(ShortHeapChild::countNotes);
    Integer unused = Patience.get(future);
    unused = belay.read(ShortHeapChild::countNotes);
    unused = belay.tx().call(ShortHeapChild::countNotes);
    queue.enqueue(NewWork.of("payload"));
  }

  private static Integer countNotes(Tx tx) {
    return tx.handle().createQuery("SELECT count(*) FROM note").mapTo(Integer.class).one();
  }
}

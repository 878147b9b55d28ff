package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.RetryPolicy;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.store.Tx;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that claim work in batches and settle it, each with a row of the host's in the same
 * transaction. Of a lane they claim what stands behind the head too. Some work they fail, defer or
 * release instead, which is settled by its token alone: the work does better next time, unless it
 * is poison.
 */
final class ClaimingChild {
  static final String POISON = "poison";

  private static final String QUEUE = "stress";
  private static final Duration TTL = Duration.ofSeconds(2);
  private static final Duration WAIT = Duration.ofMillis(200);
  private static final int BATCH = 20;
  private static final RetryPolicy RETRY =
      RetryPolicy.exponential(Duration.ofMillis(5), Duration.ofMillis(20));

  private final Belay belay;
  private final WorkQueue queue;
  private final String worker;
  private volatile boolean ending;

  private ClaimingChild(Belay belay, String worker) {
    this.belay = belay;
    this.queue = queue(belay);
    this.worker = worker;
  }

  static WorkQueue queue(Belay belay) {
    return belay.queue(QUEUE, QueueOptions.defaults().withRetry(RETRY));
  }

  /** Arguments: the file, the number of threads. Says when it has begun, ends when told to. */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    int threads = Integer.parseInt(args[1]);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      ClaimingChild child = new ClaimingChild(belay, "process-" + ProcessHandle.current().pid());
      parent.listen(line -> child.ending = true);
      Callable<Boolean> task = child::claimAndSettle;
      List<Future<Boolean>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(executor.submit(task));
      }
      parent.say("working");
      for (Future<Boolean> thread : running) {
        thread.get(); // whatever it threw ends this process with an error
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private boolean claimAndSettle() throws InterruptedException {
    while (!ending) {
      List<Claim> free = new ArrayList<>();
      List<Claim> heads = new ArrayList<>();
      for (Claim claim : queue.claim(worker, TTL, BATCH, WAIT)) {
        (claim.lane() == null ? free : heads).add(claim);
      }
      settle(free, false);
      for (Claim head : heads) {
        List<Claim> line = new ArrayList<>(List.of(head));
        line.addAll(queue.claimMore(head, BATCH));
        settle(line, true);
      }
    }
    return true;
  }

  /** All in one transaction; of a line only up to the first that is not completed. */
  private void settle(List<Claim> claims, boolean line) {
    belay.useWrite(
        tx -> {
          for (Claim claim : claims) {
            boolean completed = settle(tx, claim);
            if (line && !completed) {
              return;
            }
          }
        });
  }

  /**
   * One of 64, evenly, of any token. All bits count: a token that was taken from the clock ends in
   * zeros, and its upper half stays the same for an hour.
   */
  private static int fateOf(long token) {
    return (int) ((token * 0x9E3779B97F4A7C15L) >>> 58);
  }

  /** Whether {@code claim} was completed. */
  private boolean settle(Tx tx, Claim claim) {
    int fate = claim.payload().equals(POISON) ? 0 : fateOf(claim.token());
    if (fate == 0) {
      queue.fail(tx, claim, "bad luck");
    } else if (fate == 1) {
      queue.defer(tx, claim, tx.now().plusMillis(10));
    } else if (fate == 2) {
      queue.release(tx, claim);
    } else if (queue.complete(tx, claim) == Settlement.SETTLED) {
      tx.attach(SettledDao.class).add(claim.workId(), claim.token());
      return true;
    }
    return false;
  }
}

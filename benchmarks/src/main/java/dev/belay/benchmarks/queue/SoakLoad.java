package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.QuietLog;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.store.Tx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.statement.Query;

/**
 * The child of {@link MemorySoak}: runs transactions of 100 operations and weighs itself after a
 * tenth of them and at the end. Belongs to its JVM.
 */
public final class SoakLoad implements Task {
  /** Operations of one transaction: enqueue, claim, complete, and a few of other kinds. */
  static final int OPERATIONS = 100;

  private static final int ITEMS = 31;
  private static final Duration TTL = Duration.ofSeconds(60);
  private static final String PAYLOAD = "x".repeat(Items.PAYLOAD_LENGTH);

  private Belay belay;
  private WorkQueue queue;

  @Override
  public void prepare(Values settings) {
    QuietLog.warningsOnly();
    belay = Belay.open(settings.file());
    queue = belay.queue("soak");
  }

  @Override
  public Values run(Values settings, long startNanos) throws IOException {
    int transactions = settings.number("transactions");
    write(transactions / 10);
    Values before = weighed("Before", new Values());
    long start = System.nanoTime();
    int rest = transactions - transactions / 10;
    write(rest);
    double seconds = (System.nanoTime() - start) / 1e9;
    return weighed("After", before.with("rate", rest * (double) OPERATIONS / seconds));
  }

  private void write(int transactions) {
    for (int i = 0; i < transactions; i++) {
      int number = i;
      belay.useWrite(tx -> operate(tx, number));
    }
  }

  /** 31 items three times, a lease twice, and statements of a user's own, two of them forgotten. */
  private void operate(Tx tx, int number) {
    for (int item = 0; item < ITEMS; item++) {
      queue.enqueue(tx, NewWork.of(PAYLOAD));
    }
    List<Claim> claims = queue.claim(tx, "soaker", TTL, ITEMS);
    claims.forEach(claim -> queue.complete(tx, claim));
    if (claims.size() != ITEMS) {
      throw new IllegalStateException("claimed " + claims.size() + " of " + ITEMS);
    }
    Lease lease = belay.leases().acquire(tx, "soak", "soaker", TTL).granted().orElseThrow();
    belay.leases().release(tx, lease);
    forget(tx, "SELECT id FROM belay_work WHERE id > " + number);
    forget(tx, "SELECT name FROM belay_lease WHERE name > 'a" + number + "'");
    // what is done goes, or the file would grow to gigabytes and measure the page cache
    queue.purge(tx, tx.now().plusSeconds(1), ITEMS);
  }

  /** Opens a statement and a result set with a text of its own and closes neither. */
  private static void forget(Tx tx, String sql) {
    Query query = tx.handle().createQuery(sql);
    query.mapTo(String.class).iterator().hasNext();
  }

  private static Values weighed(String when, Values measured) throws IOException {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    Values weighed = measured.with("heap" + when, heap);
    return ResidentMemory.isKnown() ? weighed.with("rss" + when, ResidentMemory.bytes()) : weighed;
  }

  @Override
  public void close() {
    belay.close();
  }
}

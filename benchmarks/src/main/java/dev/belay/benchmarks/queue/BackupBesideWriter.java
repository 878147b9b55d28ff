package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.peer.Callers;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import dev.belay.lease.Lease;
import dev.belay.lease.LeaseKeeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How long a write takes while a backup of 300 MB is made in the same process. Belongs to one
 * thread.
 *
 * <p>A writer commits every 5 ms, and a lease of one second is kept. A backup of Belay that loses
 * the lease fails the run; whether the other one does is only printed. "copy" is how long the
 * backup took, "wal max" how long the log was when it was done.
 */
public final class BackupBesideWriter extends NamedQuestion {
  private static final int MEGABYTES = 300;
  private static final int SMOKE_MEGABYTES = 2;
  private static final int BLOB_BYTES = 1_000_000;
  private static final int DIGITS = 3;
  private static final double MIB = 1 << 20;
  private static final Duration TTL = Duration.ofSeconds(1);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long WARM_UP_MS = 2_000;

  private static final String VACUUM = "VACUUM INTO in call";
  private static final String BELAY = "belay";

  /** For the list of questions. */
  public BackupBesideWriter() {
    super("backup", VACUUM, 3);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    int megabytes = effort == Effort.SMOKE ? SMOKE_MEGABYTES : MEGABYTES;
    String setting = String.format(Locale.ROOT, "%d MB, a write every 5 ms, NORMAL", megabytes);
    for (String peer : Rotation.of(List.of(VACUUM, BELAY), round)) {
      try (Scratch folder = new Scratch();
          Belay belay = Belay.open(folder.file())) {
        fill(belay, megabytes);
        measure(belay, folder, effort, new Figures(samples, name(), setting, peer, round));
      }
    }
  }

  private static void fill(Belay belay, int megabytes) {
    belay.useWrite(
        tx -> {
          tx.handle().execute("CREATE TABLE filler (bytes BLOB NOT NULL)");
          tx.handle().execute("CREATE TABLE tick (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)");
          tx.handle().execute("INSERT INTO tick VALUES (1, 0)");
        });
    for (int i = 0; i < megabytes; i++) {
      belay.useWrite(
          tx -> tx.handle().execute("INSERT INTO filler VALUES (randomblob(?))", BLOB_BYTES));
    }
  }

  private static void measure(Belay belay, Scratch folder, Effort effort, Figures figures)
      throws Exception {
    String peer = figures.peer();
    Lease lease = belay.leases().acquire("leader", "benchmark", TTL).granted().orElseThrow();
    AtomicInteger lost = new AtomicInteger();
    AtomicBoolean copying = new AtomicBoolean();
    AtomicBoolean stopped = new AtomicBoolean();
    Histogram waits = new Histogram(DIGITS);
    long nanos;
    long log;
    try (LeaseKeeper keeper = belay.leases().keep(lease, TTL, gone -> lost.incrementAndGet());
        Callers writer = Callers.start(1, number -> write(belay, stopped, copying, waits))) {
      TimeUnit.MILLISECONDS.sleep(effort == Effort.SMOKE ? 20 : WARM_UP_MS);
      copying.set(true);
      long start = System.nanoTime();
      copy(belay, folder.file("copy.db"), peer);
      nanos = System.nanoTime() - start;
      Path wal = folder.file().resolveSibling(folder.file().getFileName() + "-wal");
      log = Files.size(wal); // stat: no descriptor is opened
      stopped.set(true);
      writer.join();
      if (lost.get() > 0 || !keeper.isHeld()) {
        System.out.println("  " + peer + ": the lease of one second was lost");
        if (peer.equals(BELAY)) {
          throw new IllegalStateException("the backup lost the lease");
        }
      }
    }
    figures.addNanos("write p99", waits.getValueAtPercentile(99));
    figures.addNanos("write max", waits.getMaxValue());
    figures.addNanos("copy", nanos);
    figures.add("wal max", "MiB", log / MIB);
  }

  private static void copy(Belay belay, Path copy, String peer) {
    if (peer.equals(BELAY)) {
      belay.backup(copy);
    } else {
      belay.tx().call(tx -> tx.handle().execute("VACUUM INTO '" + copy + "'"));
    }
  }

  /** Notes every write that ends while the copy is made, or that waited for it. */
  private static void write(
      Belay belay, AtomicBoolean stopped, AtomicBoolean copying, Histogram waits) {
    while (!stopped.get()) {
      long before = System.nanoTime();
      belay.useWrite(tx -> tx.handle().execute("UPDATE tick SET n = n + 1 WHERE id = 1"));
      if (copying.get()) {
        waits.recordValue(System.nanoTime() - before);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}

package dev.belay.sqlite;

import dev.belay.engine.Registration;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.SafeLog;
import dev.belay.engine.line.Threads;
import java.lang.System.Logger.Level;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * Notifies listeners that the database may have changed. Safe for use by many threads.
 *
 * <p>Listeners are notified of commits of this store at once, by the thread that committed. A
 * thread notices those of other processes: it asks for {@code PRAGMA data_version} on a connection
 * of its own while there is a listener, which reads no page and takes two microseconds.
 */
final class ChangeWatch {
  /*
   * Half of this is what another process's commit takes to be noticed, in the median. Most of what a
   * question costs is the sleep before it, so a thread that has seen no commit for a while asks less often.
   */
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long QUIET_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(16);
  private static final long QUIET_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String file;
  private final @Nullable SideConnectionOpener opener;
  private final Threads.Maker threads;
  private final BooleanSupplier isReplaced;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private @Nullable Thread poller;
  private boolean closed;

  /**
   * Watches nothing yet. Without an opener there are no other processes.
   *
   * @param isReplaced whether another file has the name now: then listeners are notified each
   *     second, so that waiting threads learn of it
   */
  ChangeWatch(
      String file,
      @Nullable SideConnectionOpener opener,
      Threads.Maker threads,
      BooleanSupplier isReplaced) {
    this.file = file;
    this.isReplaced = isReplaced;
    this.opener = opener;
    this.threads = threads;
  }

  /**
   * Calls {@code changed} after each change until the watch is closed.
   *
   * @throws OutOfMemoryError if no thread can be started; then nothing is watched
   */
  Registration watch(Runnable changed) {
    // an object of its own each time, so that closing one watch never ends another
    Listener listener = new Listener(changed);
    Registration watch = () -> listeners.remove(listener);
    synchronized (this) {
      if (opener != null && !closed && (poller == null || !poller.isAlive())) {
        Thread starting = threads.daemon("belay-watch", () -> poll(opener));
        starting.start(); // stands still until this thread leaves the monitor
        poller = starting;
      }
      listeners.add(listener); // if that fails, the poller ends by itself
    }
    return watch;
  }

  /** This store has committed. Never throws: the commit is durable, whatever a listener does. */
  void committed() {
    for (Listener listener : listeners) {
      try {
        listener.changed.run();
      } catch (Throwable e) {
        Reports.report(e);
      }
    }
  }

  private void poll(SideConnectionOpener connections) {
    String cannotWatch = file + ": cannot watch for other processes; trying again";
    boolean told = false;
    while (mayGoOn()) {
      try (SQLiteConnection connection = connections.open();
          PreparedStatement version = connection.prepareStatement("PRAGMA data_version")) {
        pollOn(version);
      } catch (Throwable e) { // an Error too: no other thread notices other processes
        if (!told) {
          SafeLog.log(Level.WARNING, cannotWatch, e);
          told = true;
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  private void pollOn(PreparedStatement version) throws SQLException {
    long seen = dataVersion(version);
    // For what was committed while no thread looked. After the version was taken, because a
    // commit in between would be part of it and never be noticed.
    committed();
    long changedAt = System.nanoTime();
    while (mayGoOn()) {
      boolean quiet = System.nanoTime() - changedAt > QUIET_AFTER_NANOS;
      LockSupport.parkNanos(quiet ? QUIET_POLL_NANOS : POLL_NANOS);
      long now = dataVersion(version);
      boolean gone = System.nanoTime() - changedAt > QUIET_AFTER_NANOS && isReplaced.getAsBoolean();
      if (now != seen || gone) {
        seen = now;
        changedAt = System.nanoTime();
        committed();
      }
    }
  }

  private static long dataVersion(PreparedStatement version) throws SQLException {
    try (ResultSet row = version.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Decides, under the lock that {@link #watch} holds, whether the poller is still needed. */
  private synchronized boolean mayGoOn() {
    if (poller != Thread.currentThread()) {
      return false; // it was not needed for a moment, and the next listener has started another
    }
    if (!closed && !listeners.isEmpty()) {
      return true;
    }
    poller = null;
    return false;
  }

  /** Ends the watching; listeners are notified once more, so that waiting threads look again. */
  void close() {
    Thread ending;
    synchronized (this) {
      closed = true;
      ending = poller;
    }
    if (ending != null) {
      LockSupport.unpark(ending);
      Threads.joinUninterruptibly(ending);
    }
    committed();
  }

  private static final class Listener {
    private final Runnable changed;

    Listener(Runnable changed) {
      this.changed = changed;
    }
  }
}

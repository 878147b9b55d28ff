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
 * <p>The thread that commits in this store notifies the listeners immediately. The commits of other
 * processes are noticed by a polling thread, which runs while there is a listener: it queries
 * {@code PRAGMA data_version} on a connection of its own, which reads no page and takes two
 * microseconds.
 */
final class ChangeWatch {
  /*
   * The median time until another process's commit is noticed is half of the interval. Most of the
   * cost of a query is the sleep before it, so the thread polls less often once it has seen no
   * change for a while.
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
   * Creates the watch without a listener or a thread.
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
   * Calls {@code changed} after each change until the registration is closed.
   *
   * @throws OutOfMemoryError if no thread can be started; then {@code changed} is not registered
   */
  Registration watch(Runnable changed) {
    // a new object each time, so that closing one registration never ends another
    Listener listener = new Listener(changed);
    Registration watch = () -> listeners.remove(listener);
    synchronized (this) {
      if (opener != null && !closed && (poller == null || !poller.isAlive())) {
        Thread starting = threads.daemon("belay-watch", () -> poll(opener));
        starting.start(); // it waits until this thread leaves the monitor
        poller = starting;
      }
      listeners.add(listener); // if this fails, the poller ends by itself
    }
    return watch;
  }

  /**
   * Notifies the listeners of a commit of this store. Never throws: the commit is durable, whatever
   * a listener does.
   */
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
    boolean warned = false;
    while (mayGoOn()) {
      try (SQLiteConnection connection = connections.open();
          PreparedStatement version = connection.prepareStatement("PRAGMA data_version")) {
        pollOn(version);
      } catch (Throwable e) { // an Error too: no other thread notices other processes
        if (!warned) {
          SafeLog.log(Level.WARNING, cannotWatch, e);
          warned = true;
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  private void pollOn(PreparedStatement version) throws SQLException {
    long seen = dataVersion(version);
    // Report the commits made before this connection polled. Report them after reading the version:
    // a commit between an earlier report and the read would be part of the version and never be
    // reported.
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

  /**
   * Returns whether the current poller is still needed. Decided under the lock that {@link #watch}
   * holds.
   */
  private synchronized boolean mayGoOn() {
    if (poller != Thread.currentThread()) {
      return false; // it was not needed for a moment, and the next listener has started another one
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

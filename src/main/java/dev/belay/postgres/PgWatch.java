package dev.belay.postgres;

import dev.belay.engine.Registration;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.SafeLog;
import dev.belay.engine.line.Threads;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Notifies listeners that the database may have changed. Safe for use by many threads.
 *
 * <ol>
 *   <li>The thread that commits in this store notifies the listeners immediately.
 *   <li>It also wakes the notifier, a thread that sends one notification to other processes for all
 *       commits of {@link #PAUSE_NANOS}. The notification is not part of the commits, which it
 *       would make twice as slow.
 *   <li>While there are listeners, another thread waits for the notifications of other processes,
 *       and has the listeners look every {@link #LOOK_MS} in any case: behind a pooler there may be
 *       no notification, and of a lock that another transaction gave up there is none.
 * </ol>
 */
final class PgWatch {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final int LOOK_MS = 250;
  private static final long END_MS_MAX = 2_000;
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** A hint need not be on the disk, and its flush would delay those of the commits. */
  private static final String NOTIFY =
      "SELECT set_config('synchronous_commit', 'off', true), pg_notify(?, '')";

  private final PgSource source;
  private final String store;
  private final String channel;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean toSend = new AtomicBoolean();
  private @Nullable Thread waiting;
  private volatile @Nullable Thread notifier;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private volatile int notifierPid;
  private volatile boolean closed;

  PgWatch(PgSource source, String store, String channel) {
    this.source = source;
    this.store = store;
    this.channel = channel;
  }

  /** Calls {@code changed} after each change until the registration is closed. */
  Registration watch(Runnable changed) {
    Listener listener = new Listener(changed);
    synchronized (this) {
      if (!closed && (waiting == null || !waiting.isAlive())) {
        Thread starting = Threads.daemon("belay-watch", this::await);
        starting.start();
        waiting = starting;
      }
      listeners.add(listener);
    }
    return () -> listeners.remove(listener);
  }

  /** Notifies everyone of a commit of this store. Never throws, never blocks. */
  void committed() {
    look();
    if (!toSend.getAndSet(true)) {
      Thread sender = notifier;
      if (sender == null || !sender.isAlive()) {
        startNotifier();
      } else {
        LockSupport.unpark(sender);
      }
    }
  }

  private void look() {
    for (Listener listener : listeners) {
      Reports.runQuietly(listener.changed);
    }
  }

  private synchronized void startNotifier() {
    Thread running = notifier;
    if (running != null && running.isAlive()) {
      LockSupport.unpark(running); // it may have begun to park since the caller looked for it
      return;
    }
    if (closed) {
      return;
    }
    try {
      Thread starting = Threads.daemon("belay-notify", this::send);
      notifier = starting;
      starting.start();
    } catch (Throwable e) { // no thread could be started: the next commit tries again
      toSend.set(false);
    }
  }

  private void send() {
    retrying(
        connection -> {
          notifierPid = connection.unwrap(PGConnection.class).getBackendPID();
          try (PreparedStatement notify = connection.prepareStatement(NOTIFY)) {
            notify.setString(1, channel);
            toSend.set(true); // the connection before may have ended with one on its way
            while (!closed) {
              if (toSend.getAndSet(false)) {
                notify.execute();
                LockSupport.parkNanos(PAUSE_NANOS);
              } else {
                LockSupport.park(this);
              }
            }
          }
        });
  }

  private void await() {
    retrying(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN \"" + channel + '"');
            look(); // what was committed before
            PGConnection notified = connection.unwrap(PGConnection.class);
            while (goesOn()) {
              PGNotification[] notifications = notified.getNotifications(LOOK_MS);
              if (notifications == null || notifications.length == 0 || isOfOthers(notifications)) {
                look();
              }
            }
            statement.execute("UNLISTEN *"); // the connection may go back to a pool of the host
            notified.getNotifications(); // those that came meanwhile
          }
        });
  }

  private boolean isOfOthers(PGNotification[] notifications) {
    for (PGNotification notification : notifications) {
      if (notification.getPID() != notifierPid) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a listener is left; if not, the next one starts another thread. */
  private synchronized boolean goesOn() {
    if (!closed && !listeners.isEmpty()) {
      return true;
    }
    if (waiting == Thread.currentThread()) {
      waiting = null;
    }
    return false;
  }

  private interface Use {
    void of(Connection connection) throws SQLException;
  }

  /**
   * Uses a connection until {@code use} returns; after a failure, another one: at once if the
   * connection was good for a while, because until then no notification is sent or received.
   */
  private void retrying(Use use) {
    boolean warned = false;
    while (!closed) {
      long beginNanos = System.nanoTime();
      try (Connection connection = source.open()) {
        open.add(connection);
        try {
          connection.setAutoCommit(true);
          use.of(connection);
        } finally {
          open.remove(connection);
        }
        return;
      } catch (Throwable e) { // an Error too: no other thread does this
        if (!warned && !closed) {
          SafeLog.log(Level.WARNING, store + ": cannot watch for other processes; trying again", e);
          warned = true;
        }
        look();
        if (System.nanoTime() - beginNanos < RETRY_NANOS) {
          LockSupport.parkNanos(RETRY_NANOS);
        }
      }
    }
  }

  /**
   * Ends the watching. A thread that waits for a server that no longer answers loses its
   * connection, and ends after close has returned. Listeners are notified once more, so that
   * waiting threads look again.
   */
  void close() {
    Thread first;
    Thread second;
    synchronized (this) {
      closed = true;
      first = waiting;
      second = notifier;
    }
    for (Thread ending : new @Nullable Thread[] {second, first}) {
      if (ending != null) {
        LockSupport.unpark(ending);
        if (!Threads.joinUninterruptibly(ending, END_MS_MAX)) {
          open.forEach(PgWatch::abort);
        }
      }
    }
    look();
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      Reports.report(e);
    }
  }

  private static final class Listener {
    private final Runnable changed;

    Listener(Runnable changed) {
      this.changed = changed;
    }
  }
}

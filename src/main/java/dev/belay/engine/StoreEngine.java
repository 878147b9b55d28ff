package dev.belay.engine;

import dev.belay.store.BackupProgress;
import dev.belay.store.BelayObserver;
import dev.belay.store.Finding;
import dev.belay.store.StoreClosedException;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxRunner;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A store as Belay's own features see it: {@link TxRunner} and everything else that they need. Safe
 * for use by many threads. Not meant for applications, which cannot get one.
 */
public interface StoreEngine extends TxRunner, AutoCloseable {
  /**
   * As {@link #write}, for a writing verb of Belay's own. Such a verb is all or nothing and
   * therefore needs no savepoint. If it throws after its first statement that writes:
   *
   * <ol>
   *   <li>The whole transaction is rolled back.
   *   <li>The other bodies of that transaction run again together.
   *   <li>The verb runs again alone, unless nothing had been written before it in the first
   *       transaction.
   * </ol>
   */
  <T extends @Nullable Object, X extends Exception> T verb(TxBody<T, X> body) throws X;

  /**
   * As {@link #verb}, ahead of every write that is waiting when it is called. For short bodies that
   * keep a grant alive: a grant whose renewal waits behind a backlog would expire.
   */
  <T extends @Nullable Object, X extends Exception> T verbFirst(TxBody<T, X> body) throws X;

  /**
   * As {@link #verbFirst}, without waiting for the outcome. A store that is closing still accepts
   * it while it runs the requests that it had accepted before, so that no grant expires under them.
   *
   * @param completions runs the completion of the future; it must never block, which the {@code
   *     belay-callback} threads may do
   */
  <T extends @Nullable Object> CompletableFuture<T> verbFirstAsync(
      TxBody<T, ?> body, Executor completions);

  /**
   * Runs the steps of {@code verb} in {@code tx}, all or nothing. If they throw after their first
   * statement that writes, nothing of the whole body is committed, even if the body catches the
   * exception.
   *
   * @throws IllegalArgumentException if {@code tx} belongs to another store
   * @throws IllegalStateException if {@code tx} is the Tx of a {@code read} or {@code call}
   */
  <T extends @Nullable Object> T all(Tx tx, String verb, Function<Tx, T> steps);

  /**
   * As {@link #read}, for Belay's own short reads. They have a connection on which no body of a
   * user runs, so that a slow reader of the user never delays a waiter or a worker.
   */
  <T extends @Nullable Object, X extends Exception> T look(TxBody<T, X> body) throws X;

  /** What a signal, or an event for the observer, waits for. */
  enum Event {
    /** The transaction has been committed. */
    COMMIT,
    /** As {@link #COMMIT}, or the body was undone because it asked for that or threw. */
    OUTCOME;

    /** Returns whether this has happened if {@code reached} has: every commit is an outcome. */
    public boolean isIn(Event reached) {
      return this == OUTCOME || reached == COMMIT;
    }
  }

  /**
   * Runs {@code signal} immediately after {@code event}, on the thread that ended the transaction
   * and before any caller or listener learns of the outcome. It must therefore be quick, and must
   * never block or throw. It does not run if the transaction fails after the body.
   */
  void signal(Tx tx, Event event, Runnable signal);

  /** As {@link #signal}, after {@link Event#COMMIT}. */
  default void signalAfterCommit(Tx tx, Runnable signal) {
    signal(tx, Event.COMMIT, signal);
  }

  /** Returns the verbs of the current thread that this engine runs for several callers at once. */
  default GroupVerbs groups() {
    return GroupVerbs.NONE;
  }

  /** Returns the locks that verbs take. */
  default RowLocks locks() {
    return RowLocks.NONE;
  }

  /**
   * Returns the first of {@code count} consecutive numbers that are larger than {@code after}, and
   * that no other grant or piece of work of the store has or gets. Empty if a counter in the store
   * gives such numbers, because one transaction at a time can write.
   */
  default OptionalLong newNumbers(Tx tx, int count, long after) {
    return OptionalLong.empty();
  }

  /** Returns the clock behind {@link Tx#now}. */
  InstantSource clock();

  /**
   * Calls {@code changed} after every commit that may have changed the store, and when the store
   * closes. The call comes immediately after a commit of this store object, and within a few
   * milliseconds after a commit of another process; never before the commit. One call may cover
   * several commits, and a call may come without a change.
   *
   * @param changed called on any thread, also on several threads at a time; it must be quick, and
   *     must never block or throw
   */
  Registration watch(Runnable changed);

  /**
   * Releases up to {@code pagesMax} free pages to the file system, in one transaction. Returns the
   * number of pages released.
   */
  int shrink(int pagesMax);

  /** Returns what the engine knows about its database; reads a bounded amount. */
  EngineFacts facts();

  /**
   * Passes to {@code to} what only the engine can find in its database: the shape of Belay's
   * tables, broken foreign keys of other tables and, if {@code scope} is PAGES, damaged pages. Must
   * not be called inside a body.
   */
  void check(Finding.Scope scope, Consumer<Finding> to);

  /** Copies the store to {@code target}, as {@code Belay.backup} describes. */
  void backup(Path target, BackupProgress progress);

  /**
   * Returns the executor of the {@code belay-callback} threads, on which code of users may run and
   * block.
   */
  Executor callbacks();

  /**
   * Returns a daemon thread that is not started yet and inherits nothing from the current thread.
   * Belay's features get their threads in no other way.
   */
  Thread daemon(String name, Runnable task);

  /** Returns whether the current thread is a callback thread of this store. */
  boolean isCallbackThread();

  /**
   * Refuses {@code verb} inside a body of this store. The verb would wait for the connection that
   * the body occupies, which never becomes free.
   *
   * @throws IllegalStateException if the current thread runs a body of this store
   */
  void requireOutsideBody(String verb);

  /** As {@link #close(Runnable)}, with nothing to do last. */
  @Override
  default void close() {
    close(() -> {});
  }

  /**
   * Closes the store. Closing it again has no effect.
   *
   * <ol>
   *   <li>New requests are refused.
   *   <li>The requests that were submitted before run in order, for at most the busy timeout.
   *   <li>{@code last} runs.
   *   <li>Each request that has not started by then fails with {@link StoreClosedException} and has
   *       done nothing.
   *   <li>Everything is closed.
   * </ol>
   *
   * @param last runs once the requests submitted before have run, while {@link #verbFirstAsync} is
   *     still accepted; it must not wait and must never throw
   * @throws IllegalStateException if it is called from inside a body
   */
  void close(Runnable last);

  /** Returns the observer of this store. Its methods throw nothing. */
  BelayObserver observer();

  /**
   * Returns a wrapper that gives a task the context of the current thread, on whichever thread the
   * task runs later, as {@code BelayOptions.withContext} describes.
   */
  UnaryOperator<Runnable> context();

  /** Returns whether there is an observer that is notified of more than failures. */
  boolean isObserved();

  /**
   * Notifies the observer by {@code report} after {@code event}, once the body of {@code tx} has
   * its outcome. Only for a store that {@link #isObserved}.
   */
  void tell(Tx tx, Event event, Consumer<BelayObserver> report);

  /** Returns the engine behind {@code tx} if an observer wants its events, else null. */
  static @Nullable StoreEngine observed(Tx tx) {
    return tx.runner() instanceof StoreEngine engine && engine.isObserved() ? engine : null;
  }

  /**
   * Returns an observer that passes every event to {@code observer}, logs what that throws, and
   * throws nothing itself.
   */
  BelayObserver guarded(BelayObserver observer);

  /** Logs a warning; never throws, so that a thread that must go on may call it anywhere. */
  void warn(String message, Throwable failure);
}

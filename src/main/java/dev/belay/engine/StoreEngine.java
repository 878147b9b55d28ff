package dev.belay.engine;

import dev.belay.store.BackupProgress;
import dev.belay.store.BelayObserver;
import dev.belay.store.StoreClosedException;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxRunner;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What Belay's own features need of a store beyond {@link TxRunner}. Safe for use by many threads;
 * not meant for applications, which cannot get one.
 */
public interface StoreEngine extends TxRunner, AutoCloseable {
  /**
   * As {@link #write}, for a writing verb of Belay's own, which is all or nothing and therefore
   * needs no way to be undone alone: if it throws after its first statement that writes, the whole
   * transaction is rolled back. The other bodies of that transaction run again together, and then
   * the verb alone, unless nothing had been written before it.
   */
  <T extends @Nullable Object, X extends Exception> T verb(TxBody<T, X> body) throws X;

  /**
   * As {@link #verb}, ahead of every write that waits at the time. For short bodies that keep a
   * grant alive: one that waits behind a backlog would lapse.
   */
  <T extends @Nullable Object, X extends Exception> T verbFirst(TxBody<T, X> body) throws X;

  /**
   * As {@link #verbFirst}, without waiting. A store that is being closed still takes it for as long
   * as it runs what it accepted before, so that no grant lapses under that work.
   *
   * @param completions where the future completes: never blocks, as the {@code belay-callback}
   *     threads may
   */
  <T extends @Nullable Object> CompletableFuture<T> verbFirstAsync(
      TxBody<T, ?> body, Executor completions);

  /**
   * Runs the steps of {@code verb} in {@code tx}: all of them or, if they end by an exception after
   * the first statement that writes, nothing of the body, whatever it does with the exception.
   *
   * @throws IllegalArgumentException if {@code tx} belongs to another store
   * @throws IllegalStateException if {@code tx} is the Tx of a {@code read} or {@code call}
   */
  <T extends @Nullable Object> T all(Tx tx, String verb, Function<Tx, T> steps);

  /**
   * As {@link #read}, for the looks of Belay's own: no body of a user runs on their connection, so
   * that slow readers keep no waiter and no worker waiting.
   */
  <T extends @Nullable Object, X extends Exception> T look(TxBody<T, X> body) throws X;

  /**
   * Runs {@code signal} once {@code tx} has been committed, at once, on the thread that committed
   * and before any caller is told of the commit; so it is quick, never blocks and never throws.
   */
  void signalAfterCommit(Tx tx, Runnable signal);

  /** The clock behind {@link Tx#now}. */
  InstantSource clock();

  /**
   * Calls {@code changed} after every commit that may have changed the store: at once after those
   * of this handle, within a few milliseconds after those of other processes, and when the store
   * closes. Never before a commit; perhaps without a change, and once for several.
   *
   * @param changed called on any thread, by several at a time; quick, never blocks, never throws
   */
  Registration watch(Runnable changed);

  /** Gives up to {@code pagesMax} free pages back, in one transaction; returns how many. */
  int shrink(int pagesMax);

  /** Copies the store to {@code target}, as {@code Belay.backup} says. */
  void backup(Path target, BackupProgress progress);

  /** The {@code belay-callback} threads, on which code of users may run and block. */
  Executor callbacks();

  /**
   * A daemon thread that is not started yet and inherits nothing from the current one: the only way
   * by which Belay's features get a thread.
   */
  Thread daemon(String name, Runnable task);

  /** Whether the current thread runs callbacks of this store. */
  boolean isCallbackThread();

  /**
   * Refuses {@code verb} where it would wait for itself: a body that waits for the connection it
   * runs on waits for ever.
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
   * Refuses new work, runs what was submitted before, in order, for at most the busy timeout; what
   * is left fails with {@link StoreClosedException} and has done nothing. Then closes everything.
   * Doing it again has no effect.
   *
   * @param last run once what was submitted before has run, while {@link #verbFirstAsync} is still
   *     taken; it does not wait and never throws
   * @throws IllegalStateException from inside a body
   */
  void close(Runnable last);

  /** Who is told what the store does; throws nothing. */
  BelayObserver observer();

  /**
   * What gives tasks the context of the current thread, as {@code BelayOptions.withContext} says,
   * on whatever thread they run then.
   */
  UnaryOperator<Runnable> context();

  /** Whether there is an observer that wants more than failures. */
  boolean isObserved();

  /**
   * Tells the observer of {@code event} once the body of {@code tx} has its outcome. Only if the
   * store {@link #isObserved}.
   *
   * @param evenIfUndone whether it is told too if the body is not committed
   */
  void tell(Tx tx, boolean evenIfUndone, Consumer<BelayObserver> event);

  /** Returns the engine behind {@code tx} if an observer wants its events, else null. */
  static @Nullable StoreEngine observed(Tx tx) {
    return tx.runner() instanceof StoreEngine engine && engine.isObserved() ? engine : null;
  }

  /** As {@code observer}, but throws nothing: what it throws is logged. */
  BelayObserver guarded(BelayObserver observer);

  /** Logs a warning; never throws, so that a thread that must go on may call it anywhere. */
  void warn(String message, Throwable failure);
}

package dev.belay.store;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What Belay's own features need of a store beyond {@link TxRunner}. Safe for use by many threads;
 * not meant for users, who have no way to get one.
 */
public interface StoreEngine extends TxRunner {
  /**
   * As {@link #write}, ahead of every write that waits at the time. For short bodies that keep a
   * grant alive: one that waits behind a backlog would lapse.
   */
  <T extends @Nullable Object, X extends Exception> T writeFirst(TxBody<T, X> body) throws X;

  /**
   * As {@link #writeFirst}, without waiting. A store that is being closed still takes it for as
   * long as it runs what it accepted before, so that no grant lapses under that work.
   *
   * @param completions where the future completes: never blocks, as the {@code belay-callback}
   *     threads may
   */
  <T extends @Nullable Object> CompletableFuture<T> writeFirstAsync(
      TxBody<T, ?> body, Executor completions);

  /** The clock behind {@link Tx#now}. */
  InstantSource clock();

  /**
   * Calls {@code changed} after every commit that may have changed the store: at once after those
   * of this handle, within a few milliseconds after those of other processes, and when the store
   * closes. Never before a commit; perhaps without a change, and once for several.
   *
   * @param changed called on any thread, by several at a time; quick, never blocks, never throws
   */
  Watch watch(Runnable changed);

  /** Copies the store to {@code target}, as {@code Belay.backup} says. */
  void backup(Path target, BackupProgress progress);

  /** The {@code belay-callback} threads, on which code of users may run and block. */
  Executor callbacks();
}

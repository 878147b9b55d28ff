package dev.belay.sqlite;

import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What one body sees of its transaction. Belongs to the thread that runs the body. */
final class BodyTx implements Tx {
  private final BoundConnection connection;
  private final TxRunner runner;
  private final Instant now;
  private final boolean writable;
  private final List<Runnable> hooks;
  private final Thread thread = Thread.currentThread();

  private @Nullable Handle handle;
  private boolean ended;

  BodyTx(
      BoundConnection connection,
      TxRunner runner,
      Instant now,
      boolean writable,
      List<Runnable> hooks) {
    this.connection = connection;
    this.runner = runner;
    this.now = now;
    this.writable = writable;
    this.hooks = hooks;
  }

  @Override
  public Handle handle() {
    requireAlive();
    if (handle == null) {
      handle = connection.openHandle();
    }
    return handle;
  }

  @Override
  public <D> D attach(Class<D> sqlObject) {
    requireAlive();
    return connection.attach(sqlObject);
  }

  @Override
  public Instant now() {
    requireAlive();
    return now;
  }

  @Override
  public void afterCommit(Runnable hook) {
    requireAlive();
    if (!writable) {
      throw new IllegalStateException("afterCommit in a body that commits nothing");
    }
    hooks.add(Objects.requireNonNull(hook, "hook"));
  }

  @Override
  public boolean writable() {
    requireAlive();
    return writable;
  }

  @Override
  public TxRunner runner() {
    return runner;
  }

  /** The body is over; so is this. */
  void end() {
    ended = true;
  }

  /** The handle that the body asked for, if it did. */
  @Nullable Handle openedHandle() {
    return handle;
  }

  private void requireAlive() {
    if (ended || Thread.currentThread() != thread) {
      throw new IllegalStateException("a Tx was used outside its body or on another thread");
    }
  }
}

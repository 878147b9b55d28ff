package dev.belay.sqlite;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.jdbc.ConnectionOpener;
import dev.belay.engine.line.ConnectionExecutor;
import dev.belay.engine.line.ExecutorSet;
import dev.belay.engine.line.RequestRunner;
import dev.belay.engine.line.WaitClock;
import dev.belay.store.StoreReadOnlyException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The executors of one store, one for each kind of connection. Safe for use by many threads.
 *
 * <ul>
 *   <li><em>writer</em>: the one connection that writes; none in a store opened for reading.
 *   <li><em>readers</em>: several connections that read beside it, opened when needed.
 *   <li><em>looker</em>: one connection for Belay's own short reads, on which no body of a user
 *       runs.
 *   <li><em>caller</em>: for {@code call}; each call has a connection of its own.
 * </ul>
 *
 * <p>A store in memory has only the connection that writes, and runs everything on it.
 */
final class StoreExecutors {
  private final StoreParts parts;
  private final @Nullable WriteRunner writeRunner;
  private final @Nullable ConnectionExecutor writer;
  private final ConnectionExecutor readers;
  private final ConnectionExecutor looker;
  private final ConnectionExecutor caller;
  private final ExecutorSet all;

  /**
   * Creates the executors without opening a connection.
   *
   * @param runner the store, as bodies see it
   */
  StoreExecutors(StoreParts parts, StoreEngine runner) {
    this.parts = parts;
    WaitClock waits = new WaitClock();
    CallRunner calls = calls(runner);
    this.writeRunner = parts.access().writes() ? writeRunner(runner, calls, waits) : null;
    this.writer =
        writeRunner == null
            ? null
            : executor("belay-writer", waits, List.of(held(writeRunner, Access.WRITE)));
    if (parts.hold() == null) {
      ConnectionExecutor only = Objects.requireNonNull(writer);
      this.readers = only;
      this.looker = only;
      this.caller = only;
      this.all = new ExecutorSet(List.of(only), parts.callbacks());
    } else {
      this.readers = readers("belay-reader", parts.settings().options().readers(), runner);
      this.looker = readers("belay-look", 1, runner);
      this.caller = executor("belay-call", new WaitClock(), List.of(held(calls, Access.READ)));
      // The writer is closed last, so that its close can checkpoint and delete the WAL.
      this.all =
          new ExecutorSet(
              writer == null
                  ? List.of(caller, looker, readers)
                  : List.of(caller, looker, readers, writer),
              parts.callbacks());
    }
  }

  private CallRunner calls(StoreEngine runner) {
    Connections connections = parts.connections();
    return new CallRunner(
        parts.onSameFile(parts.access().writes() ? parts::openCall : connections::openReadOnly),
        parts,
        runner);
  }

  private WriteRunner writeRunner(StoreEngine runner, CallRunner calls, WaitClock waits) {
    LockWait lockWait =
        new LockWait(
            parts.name(),
            TimeUnit.MILLISECONDS.toNanos(parts.settings().busyTimeoutMs()),
            waits,
            parts.callbacks(),
            () ->
                calls.isCalling() ? "a body of TxRunner.call, which holds the file's lock" : null);
    return new WriteRunner(
        parts.onSameFile(parts.connections()::openWriting), parts, lockWait, runner);
  }

  private ConnectionExecutor readers(String threads, int places, StoreEngine runner) {
    Connections connections = parts.connections();
    ConnectionOpener opener =
        parts.onSameFile(
            parts.access().writes() ? connections::openReading : connections::openReadOnly);
    return executor(
        threads,
        new WaitClock(),
        Stream.generate(() -> held(new ReadRunner(opener, parts, runner), Access.READ))
            .limit(places)
            .toList());
  }

  private ConnectionExecutor executor(
      String threads, WaitClock waits, List<? extends RequestRunner> runners) {
    return new ConnectionExecutor(
        threads,
        parts.name(),
        waits,
        runners,
        parts.callbacks(),
        parts.settings().busyTimeoutMs(),
        parts.faults());
  }

  private RequestRunner held(RequestRunner runner, Access access) {
    FileHold hold = parts.hold();
    return hold == null ? runner : hold.holding(runner, access);
  }

  /** Returns the executor of writes; null in a store opened for reading. */
  @Nullable ConnectionExecutor writer() {
    return writer;
  }

  /**
   * Returns the executor of writes.
   *
   * @throws StoreReadOnlyException if the store was opened for reading
   */
  ConnectionExecutor requireWriter() {
    if (writer == null) {
      throw new StoreReadOnlyException(parts.name() + ": the store was opened for reading", null);
    }
    return writer;
  }

  /** Returns the runner behind every Tx that may write; it knows the body of the current thread. */
  WriteRunner writeRunner() {
    return Objects.requireNonNull(writeRunner);
  }

  ConnectionExecutor readers() {
    return readers;
  }

  ConnectionExecutor looker() {
    return looker;
  }

  ConnectionExecutor caller() {
    return caller;
  }

  /** Returns all executors; the writer, which checkpoints, is closed last. */
  ExecutorSet all() {
    return all;
  }
}

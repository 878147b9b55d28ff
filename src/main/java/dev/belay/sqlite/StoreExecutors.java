package dev.belay.sqlite;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.jdbc.ConnectionOpener;
import dev.belay.engine.line.ConnectionExecutor;
import dev.belay.engine.line.RequestRunner;
import dev.belay.engine.line.WaitClock;
import dev.belay.store.StoreReadOnlyException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one store, each kind behind its executor. Safe for use by many threads.
 *
 * <p>One connection writes. Several read beside it, opened when needed, and one more for the looks
 * of Belay's own, which no body of a user runs on. A call has a connection of its own. In memory
 * there is only the one that writes, and in a store opened for reading there is none.
 */
final class StoreExecutors {
  private final StoreParts parts;
  private final @Nullable WriteRunner writeRunner;
  private final @Nullable ConnectionExecutor writer;
  private final ConnectionExecutor readers;
  private final ConnectionExecutor looker;
  private final ConnectionExecutor caller;
  private final List<ConnectionExecutor> all;

  /**
   * Opens no connection yet.
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
      this.all = List.of(only);
    } else {
      this.readers = readers("belay-reader", parts.settings().options().readers(), runner);
      this.looker = readers("belay-look", 1, runner);
      this.caller = executor("belay-call", new WaitClock(), List.of(held(calls, Access.READ)));
      // the writer is the last to leave the file, so that it can clear the log
      this.all =
          writer == null
              ? List.of(caller, looker, readers)
              : List.of(caller, looker, readers, writer);
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

  /** The executor of writes; null in a store opened for reading. */
  @Nullable ConnectionExecutor writer() {
    return writer;
  }

  /** The executor of writes. */
  ConnectionExecutor requireWriter() {
    if (writer == null) {
      throw new StoreReadOnlyException(parts.name() + ": the store was opened for reading", null);
    }
    return writer;
  }

  /** The runner behind a Tx that may write, which says what the current thread runs. */
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

  /** Whether the current thread runs a body of the store. */
  boolean isOwnedByCurrentThread() {
    for (ConnectionExecutor executor : all) {
      if (executor.isOwnedByCurrentThread()) {
        return true;
      }
    }
    return false;
  }

  /** Refuses new requests from now on, but for those that belong to what is accepted. */
  void refuse() {
    all.forEach(ConnectionExecutor::refuse);
  }

  /**
   * Waits until what was accepted has run, and what follows from it: hooks and futures of
   * acknowledged commits may write too. False after an interrupt, which ends the waiting.
   */
  boolean settle(long deadline) {
    boolean quiet = false;
    while (!quiet && System.nanoTime() - deadline < 0) {
      quiet = true;
      for (ConnectionExecutor executor : all) {
        try {
          quiet &= executor.awaitIdle(deadline);
        } catch (InterruptedException e) {
          return false;
        }
      }
      quiet &= parts.callbacks().awaitQuiet(deadline);
      if (Thread.interrupted()) {
        return false;
      }
      quiet &= all.stream().noneMatch(ConnectionExecutor::isAwaited);
    }
    return true;
  }

  /** Fails what still stands in line, and closes all connections. */
  void close() {
    closeAll(all.iterator());
  }

  private static void closeAll(Iterator<ConnectionExecutor> rest) {
    if (rest.hasNext()) {
      try {
        rest.next().close();
      } finally {
        closeAll(rest);
      }
    }
  }
}

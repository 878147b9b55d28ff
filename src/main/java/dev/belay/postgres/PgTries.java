package dev.belay.postgres;

import dev.belay.engine.ChangedMeanwhileException;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.RequestKind;
import dev.belay.engine.line.Source;
import dev.belay.store.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tries the requests of one connection until they have their answers. Belongs to the thread that
 * owns the connection.
 */
final class PgTries {
  /*
   * 1. A body runs again, on a new connection if need be, if nothing of it can have lasted: the
   *    connection was lost before the COMMIT was sent, the server ended its transaction for another
   *    one (40P01, 40001), or a verb found rows changed between two of its statements.
   * 2. It runs again until the busy timeout is over, and at least once.
   *    A renewal that waits for a lock lets others have their turn.
   * 3. A COMMIT without an answer is looked up by the id of its transaction. Only if the server
   *    cannot say is the outcome unknown.
   */
  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(10);

  private final PgParts parts;
  private final boolean takesTurns;
  private final Try trial;

  /** One try of a request. */
  interface Try {
    /** Returns whether the request has its answer, as it always has if it may not run again. */
    boolean isServed(Request<?> request, boolean mayRunAgain);
  }

  /**
   * Creates the tries of a connection.
   *
   * @param takesTurns whether its requests wait for locks in turn, each for a moment
   */
  PgTries(PgParts parts, boolean takesTurns, Try trial) {
    this.parts = parts;
    this.takesTurns = takesTurns;
    this.trial = trial;
  }

  /** A request and the end of its time, of {@code nanoTime}, after which it is not tried again. */
  private record Turn(Request<?> request, long deadline) {
    boolean mayRunAgain() {
      return System.nanoTime() - deadline < 0;
    }
  }

  private Turn turn(Request<?> request) {
    return new Turn(request, System.nanoTime() + parts.busyTimeoutNanos());
  }

  /**
   * Serves the requests of a source: in turn, or each with {@code serve}. The one request of a
   * caller is served once: if another connection is to try it again, it is no longer the caller's.
   */
  void serve(Source source, Consumer<Request<?>> serve) {
    if (source instanceof Request<?> own) {
      if (own.start()) {
        serve.accept(own);
      }
    } else if (takesTurns) {
      serveInTurns(source);
    } else {
      source.forEach(serve);
    }
  }

  /** Tries each that arrives at once, and behind it one of those whose rows were locked. */
  private void serveInTurns(Source source) {
    Deque<Turn> locked = new ArrayDeque<>();
    do {
      Request<?> next = source.next();
      Turn waiting = locked.poll();
      if (next != null) {
        tryOnce(turn(next), locked);
      }
      if (waiting != null) {
        tryOnce(waiting, locked);
      }
    } while (!locked.isEmpty() || source.peek() != null);
  }

  private void tryOnce(Turn turn, Deque<Turn> locked) {
    if (!turn.request.start()) {
      return;
    }
    long startNanos = System.nanoTime();
    if (!trial.isServed(turn.request, turn.mayRunAgain())) {
      locked.add(turn);
      if (System.nanoTime() - startNanos < PAUSE_NANOS_MAX) {
        pause(); // it has not waited for a lock: the server may be away
      }
    }
  }

  private static void pause() {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE_NANOS_MAX));
  }

  /** Serves a request that has been started. */
  void serve(Request<?> request) {
    Turn turn = turn(request);
    boolean first = true;
    while (!trial.isServed(request, first || turn.mayRunAgain())) {
      first = false;
      pause();
      if (!request.start()) {
        return;
      }
    }
  }

  /** Returns the statements that begin the transaction of a request. */
  String begin(RequestKind kind) {
    if (takesTurns) {
      return parts.begins().turn();
    }
    return kind.isVerb() ? parts.begins().verb() : parts.begins().body();
  }

  /** Returns whether a body that failed so may succeed when it runs again. */
  boolean mayDoBetter(@Nullable Throwable failure) {
    return failure instanceof ChangedMeanwhileException
        || (failure instanceof StoreException
            && (PgFailures.isConflict(failure)
                || PgFailures.isLost(failure)
                || (takesTurns && PgFailures.isLocked(failure))));
  }
}

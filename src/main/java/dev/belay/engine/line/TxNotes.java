package dev.belay.engine.line;

import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.TxEvent;
import dev.belay.store.CommitUnknownException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an observer is to be told of one request. Belongs to the thread that runs the body until the
 * request is done, and then to the one thread that tells.
 */
public final class TxNotes implements Runnable {
  private final BelayObserver observer;
  private final RequestKind kind;
  private final boolean beside;
  private final long calledNanos = System.nanoTime();
  private long beganNanos;
  private long endedNanos;
  private long lockWaitNanos;
  private int runs;
  private int bodies;
  private boolean rolledBack;
  private @Nullable Throwable failure;
  private List<Consumer<BelayObserver>> events = List.of();

  /** The verb has been called. */
  TxNotes(BelayObserver observer, RequestKind kind) {
    this.observer = observer;
    this.kind = kind;
    this.beside = kind.isFirst() || Threads.isOwn(Thread.currentThread());
  }

  /** Whether it is told on a thread of its own: what keeps a grant alive waits for no observer. */
  boolean isBeside() {
    return beside;
  }

  /** The body begins to run. */
  public void bodyBegins() {
    if (runs++ == 0) {
      beganNanos = System.nanoTime();
      bodies = 1;
    }
  }

  /** So many bodies share the transaction of the run that is the last so far. */
  public void sharedBy(int bodies) {
    this.bodies = bodies;
  }

  /** The outcome of the last run, and what its verbs want to tell. */
  public void bodyEnded(boolean rolledBack, List<Consumer<BelayObserver>> events) {
    this.rolledBack = rolledBack;
    this.events = events;
  }

  /** The request is done. */
  void done(@Nullable Throwable failure, long lockWaitNanos) {
    this.failure = failure;
    this.lockWaitNanos = lockWaitNanos;
    this.endedNanos = System.nanoTime();
  }

  /** Tells; never throws. */
  @Override
  public void run() {
    try {
      for (Consumer<BelayObserver> event : events) {
        event.accept(observer);
      }
      observer.transaction(event());
    } catch (Throwable e) { // out of memory, for example; the reported event has happened
      SafeLog.log(Level.ERROR, "an observer could not be told", e);
    }
  }

  private TxEvent event() {
    return new TxEvent(
        kindTold(),
        outcome(),
        Duration.ofNanos((runs == 0 ? endedNanos : beganNanos) - calledNanos),
        Duration.ofNanos(lockWaitNanos),
        Duration.ofNanos(endedNanos - calledNanos),
        bodies,
        runs,
        failure);
  }

  private TxEvent.Kind kindTold() {
    return switch (kind) {
      case CALL -> TxEvent.Kind.CALL;
      case READ, LOOK -> TxEvent.Kind.READ;
      case WRITE, WRITE_FLOW -> TxEvent.Kind.WRITE;
      case VERB, VERB_FIRST -> TxEvent.Kind.VERB;
    };
  }

  private TxEvent.Outcome outcome() {
    if (failure != null) {
      return failure instanceof CommitUnknownException
          ? TxEvent.Outcome.UNKNOWN
          : TxEvent.Outcome.FAILED;
    }
    return rolledBack ? TxEvent.Outcome.ROLLED_BACK : TxEvent.Outcome.COMPLETED;
  }
}

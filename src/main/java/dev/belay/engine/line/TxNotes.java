package dev.belay.engine.line;

import dev.belay.engine.StoreEngine.Event;
import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.TxEvent;
import dev.belay.store.CommitUnknownException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The facts of one request that are reported to an observer. Belongs to the thread that runs the
 * body until the request is done, and then to the one thread that reports them.
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
  private TxEvent.Outcome ended = TxEvent.Outcome.COMPLETED;
  private @Nullable Throwable failure;
  private List<Consumer<BelayObserver>> events = List.of();

  /** Creates the notes at the moment at which the verb is called. */
  TxNotes(BelayObserver observer, RequestKind kind) {
    this.observer = observer;
    this.kind = kind;
    this.beside = kind.isFirst() || Threads.isOwn(Thread.currentThread());
  }

  /**
   * Returns whether the report runs on a callback thread. A request that keeps a grant alive must
   * not wait for an observer.
   */
  boolean isReportedOnCallbackThread() {
    return beside;
  }

  /** Notes that the body begins to run. */
  public void bodyBegins() {
    if (runs++ == 0) {
      beganNanos = System.nanoTime();
      bodies = 1;
    }
  }

  /** Notes the number of bodies that share the transaction of the latest run. */
  public void sharedBy(int bodies) {
    this.bodies = bodies;
  }

  /** Notes what the transaction of the latest run has reached, and the events of its verbs. */
  public void bodyEnded(Event reached, List<Consumer<BelayObserver>> events) {
    boolean undone = kind.writes() && reached != Event.COMMIT;
    this.ended = undone ? TxEvent.Outcome.ROLLED_BACK : TxEvent.Outcome.COMPLETED;
    this.events = events;
  }

  /** Notes that the request is done. */
  void done(@Nullable Throwable failure, long lockWaitNanos) {
    this.failure = failure;
    this.lockWaitNanos = lockWaitNanos;
    this.endedNanos = System.nanoTime();
  }

  /** Reports everything to the observer. Never throws. */
  @Override
  public void run() {
    try {
      for (Consumer<BelayObserver> event : events) {
        event.accept(observer);
      }
      observer.transaction(event());
    } catch (Throwable e) { // out of memory, for example; the reported event has happened
      SafeLog.log(Level.ERROR, "an observer could not be notified", e);
    }
  }

  private TxEvent event() {
    return new TxEvent(
        reportedKind(),
        outcome(),
        Duration.ofNanos((runs == 0 ? endedNanos : beganNanos) - calledNanos),
        Duration.ofNanos(lockWaitNanos),
        Duration.ofNanos(endedNanos - calledNanos),
        bodies,
        runs,
        failure);
  }

  private TxEvent.Kind reportedKind() {
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
    return ended;
  }
}

package dev.belay.testing;

import dev.belay.store.BelayObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what it is told. Safe for use by many threads. */
public final class NotingObserver implements BelayObserver {
  public final List<TxEvent> transactions = new CopyOnWriteArrayList<>();
  public final List<Object> events = new CopyOnWriteArrayList<>();
  public final List<Thread> threads = new CopyOnWriteArrayList<>();

  @Override
  public void transaction(TxEvent event) {
    transactions.add(event);
    threads.add(Thread.currentThread());
  }

  @Override
  public void sessionCommit(CommitEvent event) {
    events.add(event);
  }

  @Override
  public void lease(LeaseEvent event) {
    events.add(event);
  }

  @Override
  public void claim(ClaimEvent event) {
    events.add(event);
  }

  @Override
  public void settlement(SettlementEvent event) {
    events.add(event);
  }

  @Override
  public void checkpoint(CheckpointEvent event) {
    events.add(event);
  }

  /** The transactions since the last call, in the order in which they were told. */
  public List<TxEvent> told() {
    List<TxEvent> told = new ArrayList<>(transactions);
    transactions.clear();
    return told;
  }

  /** The other events since the last call, in the order in which they were told. */
  public List<Object> toldEvents() {
    List<Object> told = new ArrayList<>(events);
    events.clear();
    return told;
  }
}

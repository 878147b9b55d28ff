package dev.belay.queue;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The waiters for one {@link Awaited}, in order of arrival. Belongs to the thread that holds the
 * lock of {@link WaiterLines}.
 */
final class WaiterLine {
  private final Set<Waiter> waiting = new LinkedHashSet<>();
  private final Set<Waiter> trying = new LinkedHashSet<>();

  void add(Waiter waiter) {
    trying.remove(waiter);
    waiter.clear();
    waiting.add(waiter);
  }

  void leave(Waiter waiter) {
    trying.remove(waiter);
    waiting.remove(waiter);
  }

  /** Returns the number of waiters that have not been called. */
  int waiting() {
    return waiting.size();
  }

  boolean isEmpty() {
    return waiting.isEmpty() && trying.isEmpty();
  }

  /**
   * Calls as many waiters as there is room for. Waiters that were called before and still try
   * count, because they may claim the work that the look has seen.
   *
   * @return whether it called any
   */
  boolean call(int room) {
    long left = room;
    for (Waiter waiter : trying) {
      left -= waiter.room();
    }
    boolean called = false;
    Iterator<Waiter> next = waiting.iterator();
    while (left > 0 && next.hasNext()) {
      Waiter waiter = next.next();
      next.remove();
      trying.add(waiter);
      waiter.call();
      left -= waiter.room();
      called = true;
    }
    return called;
  }

  void callAll() {
    trying.addAll(waiting);
    waiting.forEach(Waiter::call);
    waiting.clear();
  }
}

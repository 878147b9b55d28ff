package dev.belay.queue;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Who waits for one and the same thing, in order of arrival. Belongs to whoever holds the lock of
 * {@link WaitingLines}.
 */
final class WaitingLine {
  private final Set<Ticket> waiting = new LinkedHashSet<>();
  private final Set<Ticket> trying = new LinkedHashSet<>();

  void wait(Ticket ticket) {
    trying.remove(ticket);
    ticket.clear();
    waiting.add(ticket);
  }

  void leave(Ticket ticket) {
    trying.remove(ticket);
    waiting.remove(ticket);
  }

  /** How many have not been called. */
  int waiting() {
    return waiting.size();
  }

  boolean isEmpty() {
    return waiting.isEmpty() && trying.isEmpty();
  }

  /**
   * Calls as many as there is room for, beside those who were called before and are still trying:
   * the room that a look saw may be theirs.
   *
   * @return whether it called anybody
   */
  boolean call(int room) {
    long left = room;
    for (Ticket ticket : trying) {
      left -= ticket.room();
    }
    boolean called = false;
    Iterator<Ticket> next = waiting.iterator();
    while (left > 0 && next.hasNext()) {
      Ticket ticket = next.next();
      next.remove();
      trying.add(ticket);
      ticket.call();
      left -= ticket.room();
      called = true;
    }
    return called;
  }

  void callAll() {
    trying.addAll(waiting);
    waiting.forEach(Ticket::call);
    waiting.clear();
  }
}

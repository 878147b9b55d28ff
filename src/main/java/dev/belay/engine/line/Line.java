package dev.belay.engine.line;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a connection. Requests that keep a grant alive come before all others;
 * within each of the two kinds the order is that of arrival. Guarded by its own monitor, safe for
 * use by many threads.
 */
public final class Line implements Source {
  // Not ArrayDeque: if it has no memory to grow, it loses everything that it holds.
  private final Queue<Request<?>> urgent = new ConcurrentLinkedQueue<>();
  private final Queue<Request<?>> rest = new ConcurrentLinkedQueue<>();

  /**
   * Returns a line of requests that run again. Each keeps the waiting time that it has had since
   * its call.
   */
  public static Line again(List<Request<?>> requests) {
    Line line = new Line();
    line.rest.addAll(requests);
    return line;
  }

  synchronized void add(Request<?> request) {
    (request.kind().isFirst() ? urgent : rest).add(request);
  }

  @Override
  public synchronized @Nullable Request<?> peek() {
    Request<?> head = liveHead(urgent);
    return head != null ? head : liveHead(rest);
  }

  @Override
  public synchronized @Nullable Request<?> next() {
    Request<?> head = peek();
    if (head != null) {
      (head == urgent.peek() ? urgent : rest).remove();
    }
    return head;
  }

  /** Returns whether the line holds more than one request. Withdrawn requests may be counted. */
  synchronized boolean hasTwo() {
    return Stream.concat(urgent.stream(), rest.stream()).limit(2).count() > 1;
  }

  @Override
  public synchronized List<Request<?>> takeExpired(long timeoutNanos, long waitedNanos) {
    List<Request<?>> expired = new ArrayList<>();
    for (Queue<Request<?>> queue : List.of(urgent, rest)) {
      // the first has waited longest
      for (Request<?> head = liveHead(queue);
          head != null && head.waitedFor(timeoutNanos, waitedNanos);
          head = liveHead(queue)) {
        expired.add(queue.remove());
      }
    }
    return expired;
  }

  @Override
  public void interrupted() {
    // a body left the flag on the executor's thread; it means nothing to the next one
    Thread.interrupted();
  }

  private static @Nullable Request<?> liveHead(Queue<Request<?>> queue) {
    Request<?> head = queue.peek();
    while (head != null && head.peek() == null) {
      queue.remove();
      head = queue.peek();
    }
    return head;
  }
}

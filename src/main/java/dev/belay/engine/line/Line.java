package dev.belay.engine.line;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a connection: what keeps a grant alive before everything else, each in
 * order of arrival. Guarded by its own monitor, safe for use by many threads.
 */
public final class Line implements Source {
  // not ArrayDeque: where it has no memory to grow it loses all that it holds
  private final Queue<Request<?>> urgent = new ConcurrentLinkedQueue<>();
  private final Queue<Request<?>> rest = new ConcurrentLinkedQueue<>();

  /** A line of requests that run once more, each with its time from its call on. */
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

  /** Whether more than one stands here, withdrawn ones perhaps included. */
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

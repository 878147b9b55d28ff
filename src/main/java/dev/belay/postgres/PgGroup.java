package dev.belay.postgres;

import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The callers of one verb that wait together. Safe for use by many threads.
 *
 * <ol>
 *   <li>A caller that finds a connection idle sends its own call at once, with those that wait.
 *   <li>The others gather while the connections are away; there is no timer.
 *   <li>The thread of one caller sends for all, and each gets its own result. Groups of different
 *       verbs take turns.
 *   <li>A call never waits for a row. A member whose row was locked, or whose case is not the usual
 *       one, gets null and runs alone. So do all members if the call fails.
 * </ol>
 *
 * @param <M> a member
 * @param <R> its result
 */
final class PgGroup<M, R> implements PgGroupConnections.Group {
  /** The maximum number of members of one call: 64. */
  private static final int MEMBERS_MAX = 64;

  /** The maximum size of the payloads of one call: 1 MiB, but at least one member. */
  private static final long BYTES_MAX = 1L << 20;

  /** Sends a call. Returns the result of each member, null for one that must run alone. */
  interface Send<M, R> {
    List<@Nullable R> of(Connection connection, List<M> members) throws SQLException;
  }

  private final PgGroupConnections connections;
  private final Send<M, R> send;
  private final Function<M, Object> keyOf;
  private final ToLongFunction<M> bytesOf;
  private final ConcurrentLinkedQueue<Waiting<M, R>> waiting = new ConcurrentLinkedQueue<>();

  /**
   * Creates a group without members.
   *
   * @param keyOf two members with equal keys are never in one call
   */
  PgGroup(
      PgGroupConnections connections,
      Send<M, R> send,
      Function<M, Object> keyOf,
      ToLongFunction<M> bytesOf) {
    this.connections = connections;
    this.send = send;
    this.keyOf = keyOf;
    this.bytesOf = bytesOf;
  }

  /**
   * A caller and its result. The thread that sends for it writes the result before {@code done}.
   */
  private static final class Waiting<M, R> {
    private final M member;
    private final Thread thread = Thread.currentThread();
    private @Nullable R result;
    private @Nullable StoreException failure;
    private volatile boolean done;

    Waiting(M member) {
      this.member = member;
    }

    void end() {
      done = true;
      LockSupport.unpark(thread);
    }
  }

  /** Calls for {@code member}. Returns its result, or null if it must run alone. */
  @Nullable R call(M member) {
    return call(List.of(member)).get(0);
  }

  /** As {@link #call(Object)}, for several members of one caller, which need not be in one call. */
  List<@Nullable R> call(List<M> members) {
    List<Waiting<M, R>> own = new ArrayList<>(members.size());
    members.forEach(member -> own.add(new Waiting<>(member)));
    waiting.addAll(own);
    boolean interrupted = false;
    while (!own.stream().allMatch(one -> one.done)) {
      PgGroupConnections.Place place = connections.tryTake(this);
      if (place == null) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted(); // the outcome is awaited all the same
      } else {
        try {
          serve(place, takeBatch());
        } finally {
          connections.give(place, this);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    List<@Nullable R> results = new ArrayList<>(own.size());
    for (Waiting<M, R> one : own) {
      if (one.failure != null) {
        throw one.failure;
      }
      results.add(one.result);
    }
    return results;
  }

  private synchronized List<Waiting<M, R>> takeBatch() {
    List<Waiting<M, R>> batch = new ArrayList<>();
    Set<Object> keys = new HashSet<>();
    long bytes = 0;
    Iterator<Waiting<M, R>> rest = waiting.iterator();
    while (rest.hasNext() && batch.size() < MEMBERS_MAX) {
      Waiting<M, R> next = rest.next();
      long size = bytesOf.applyAsLong(next.member);
      if (!batch.isEmpty() && bytes + size > BYTES_MAX) {
        break;
      }
      if (keys.add(keyOf.apply(next.member))) {
        rest.remove();
        batch.add(next);
        bytes += size;
      }
    }
    return batch;
  }

  private void serve(PgGroupConnections.Place place, List<Waiting<M, R>> batch) {
    if (batch.isEmpty()) {
      return;
    }
    try {
      List<M> members = batch.stream().map(one -> one.member).toList();
      List<@Nullable R> results = send.of(place.connection(), members);
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).result = results.get(i);
      }
    } catch (SQLException e) {
      place.failed(e);
      if (PgFailures.isConnectionLost(e) && place.hasSent()) {
        CommitUnknownException unknown = connections.unknown(e);
        batch.forEach(one -> one.failure = unknown);
      }
    } catch (Throwable e) {
      place.failed(e);
      CommitUnknownException unknown = connections.unknown(e);
      batch.forEach(one -> one.failure = unknown);
    } finally {
      batch.forEach(Waiting::end);
    }
  }

  @Override
  public boolean wakesFirst() {
    Waiting<M, R> first = waiting.peek();
    if (first == null) {
      return false;
    }
    LockSupport.unpark(first.thread);
    return true;
  }
}

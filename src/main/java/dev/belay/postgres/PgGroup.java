package dev.belay.postgres;

import dev.belay.engine.line.StackProbe;
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
  static final long BYTES_MAX = 1L << 20;

  /**
   * Sets the parameters of a call. Returns the reader of its answer, which sets the result of each
   * member; null is left for one that must run alone.
   */
  interface Fill<M, R> {
    PgArrays.Reader of(PgArrays call, List<M> members, List<@Nullable R> results)
        throws SQLException;
  }

  /**
   * What the members of a group are to it.
   *
   * @param callOf two members that differ in it are never in one call
   * @param keyOf two members with equal keys are never in one call
   * @param bytesOf the size of a member's payloads
   */
  record Members<M>(
      Function<M, Object> callOf, Function<M, Object> keyOf, ToLongFunction<M> bytesOf) {
    Members(Function<M, Object> keyOf, ToLongFunction<M> bytesOf) {
      this(one -> "any", keyOf, bytesOf);
    }
  }

  private final PgGroupConnections connections;
  private final String text;
  private final Fill<M, R> fill;
  private final Members<M> rules;
  private final ConcurrentLinkedQueue<Waiting<M, R>> waiting = new ConcurrentLinkedQueue<>();

  /** Creates a group without members. */
  PgGroup(PgGroupConnections connections, String statement, Fill<M, R> fill, Members<M> rules) {
    this.connections = connections;
    this.text = connections.text(statement);
    this.fill = fill;
    this.rules = rules;
  }

  /**
   * A caller and its result. The thread that sends for it writes the result before {@code done}.
   */
  private static final class Waiting<M, R> {
    private final M member;
    private final Thread thread = Thread.currentThread();
    private @Nullable R result;
    private @Nullable Throwable failure;
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
    StackProbe.touch();
    List<Waiting<M, R>> own = new ArrayList<>(members.size());
    members.forEach(member -> own.add(new Waiting<>(member)));
    waiting.addAll(own);
    try {
      awaitAll(own);
    } catch (Throwable e) {
      boolean unused = withdraw(own);
      throw e;
    }
    List<@Nullable R> results = new ArrayList<>(own.size());
    for (Waiting<M, R> one : own) {
      if (one.failure != null) {
        throw connections.unknown(one.failure);
      }
      results.add(one.result);
    }
    return results;
  }

  /**
   * Waits until the members are done, and sends calls meanwhile. After an interrupt, and once the
   * store is closed, those that no call has taken are withdrawn. They run alone, which refuses
   * them.
   */
  private void awaitAll(List<Waiting<M, R>> own) {
    boolean interrupted = false;
    while (!own.stream().allMatch(one -> one.done)) {
      PgGroupConnections.Place place = connections.tryTake(this);
      if (place != null) {
        try {
          serve(place, takeBatch());
        } finally {
          connections.give(place, this);
        }
      } else {
        interrupted |= Thread.interrupted();
        boolean ends = interrupted || connections.isClosed();
        if (!ends || !withdraw(own)) {
          LockSupport.park(this);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends those members that no call has taken. Returns whether there were any. */
  private boolean withdraw(List<Waiting<M, R>> own) {
    boolean any = false;
    synchronized (this) {
      for (Waiting<M, R> one : own) {
        if (waiting.remove(one)) {
          one.done = true;
          any = true;
        }
      }
    }
    if (any) {
      connections.wakesOther(this); // a caller that was woken, and leaves, has to wake another
    }
    return any;
  }

  /** Takes the members of a call. If that fails, nothing has happened for those that it took. */
  private synchronized List<Waiting<M, R>> takeBatch() {
    List<Waiting<M, R>> batch = new ArrayList<>(MEMBERS_MAX);
    try {
      takeInto(batch);
    } catch (Throwable e) {
      batch.forEach(Waiting::end);
      throw e;
    }
    return batch;
  }

  private void takeInto(List<Waiting<M, R>> batch) {
    Set<Object> keys = new HashSet<>();
    Object call = null;
    boolean others = false;
    long bytes = 0;
    for (Iterator<Waiting<M, R>> rest = waiting.iterator(); rest.hasNext(); ) {
      Waiting<M, R> next = rest.next();
      long size = rules.bytesOf.applyAsLong(next.member);
      Object own = rules.callOf.apply(next.member);
      call = call == null ? own : call;
      others |= !own.equals(call);
      if (batch.size() == MEMBERS_MAX || (!batch.isEmpty() && bytes + size > BYTES_MAX)) {
        others = true;
        break;
      }
      if (own.equals(call) && keys.add(rules.keyOf.apply(next.member))) {
        batch.add(next);
        rest.remove();
        bytes += size;
      }
    }
    if (others) {
      connections.wakesOther(this); // they need not wait for the answer to this call
    }
  }

  private void serve(PgGroupConnections.Place place, List<Waiting<M, R>> batch) {
    if (batch.isEmpty()) {
      return;
    }
    Throwable failure = null;
    try {
      List<M> members = batch.stream().map(one -> one.member).toList();
      List<@Nullable R> results = new ArrayList<>(batch.size());
      batch.forEach(one -> results.add(null));
      if (place.send(text, call -> fill.of(call, members, results))) {
        for (int i = 0; i < batch.size(); i++) {
          batch.get(i).result = results.get(i);
        }
      }
    } catch (Throwable e) {
      failure = e;
    }
    for (Waiting<M, R> one : batch) {
      one.failure = failure;
      one.end();
    }
  }

  @Override
  public void wakesAll() {
    waiting.forEach(one -> LockSupport.unpark(one.thread));
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

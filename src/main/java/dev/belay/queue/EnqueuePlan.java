package dev.belay.queue;

import dev.belay.engine.RowLocks;
import dev.belay.queue.EnqueueDao.KeyHolder;
import dev.belay.queue.Enqueued.Added;
import dev.belay.queue.Enqueued.Duplicate;
import dev.belay.queue.Enqueued.KeyConflict;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * The work that one step enqueues, into any number of queues. Belongs to the body that made it.
 *
 * <p>All work is added first, and its keys are looked up; only {@link #write} writes. So work whose
 * key is taken uses no id and promotes no work.
 */
final class EnqueuePlan {
  private final Tx tx;
  private final LongPredicate finishing;
  private final List<Item> items = new ArrayList<>();
  private final Map<Keyed, Fresh> keyed = new HashMap<>();
  private final Map<String, EnqueueStep> steps = new HashMap<>();
  private int freshCount;

  /**
   * Creates an empty plan.
   *
   * @param finishing tests whether this step completes a piece of work before it enqueues: then the
   *     key of that work counts as that of finished work
   */
  EnqueuePlan(Tx tx, LongPredicate finishing) {
    this.tx = tx;
    this.finishing = finishing;
  }

  /**
   * Enqueues {@code works} into one queue. The commit calls a thread that waits for work of that
   * queue.
   */
  static List<Enqueued> enqueue(Tx tx, WaitVerbs waits, String queue, List<NewWork> works) {
    EnqueuePlan plan = new EnqueuePlan(tx, id -> false);
    works.forEach(work -> plan.add(queue, work));
    List<Enqueued> enqueued = plan.write();
    EnqueueStep step = plan.steps.get(queue);
    if (step != null) {
      waits.expect(tx, queue, step);
    }
    return enqueued;
  }

  /**
   * Adds {@code work} behind the others. Returns false if its key belongs to work of other content.
   */
  boolean add(String queue, NewWork work) {
    Item item = item(queue, work);
    items.add(item);
    return !item.conflicts();
  }

  private Item item(String queue, NewWork work) {
    String key = work.key();
    if (key == null) {
      freshCount++;
      return new Fresh(queue, work);
    }
    KeyHolder holder = holder(queue, key, work).orElse(null);
    if (holder != null) {
      return new Taken(
          holder.sameContent()
              ? new Duplicate(holder.id(), holder.state())
              : new KeyConflict(holder.id()));
    }
    Fresh fresh = new Fresh(queue, work);
    Fresh first = keyed.putIfAbsent(new Keyed(queue, key), fresh);
    if (first != null) {
      return new Twin(first, first.work.hasContentOf(work));
    }
    freshCount++;
    return fresh;
  }

  private Optional<KeyHolder> holder(String queue, String key, NewWork work) {
    return tx.attach(EnqueueDao.class)
        .keyHolder(queue, key, work.type(), work.lane(), work.payload())
        .map(holder -> finishing.test(holder.id()) ? holder.in(WorkState.DONE) : holder)
        .filter(holder -> !holder.whileOpen() || !holder.state().isFinished());
  }

  private void lockLanes() {
    RowLocks locks = RowLocks.of(tx);
    if (locks == RowLocks.NONE) {
      return;
    }
    SortedSet<RowLocks.Lane> lanes = new TreeSet<>();
    for (Item item : items) {
      if (item instanceof Fresh fresh && fresh.work.lane() != null) {
        lanes.add(new RowLocks.Lane(fresh.queue, fresh.work.lane()));
      }
    }
    locks.lanes(tx, lanes);
  }

  /** Enqueues the new work. Returns the result for each added work, in order. */
  List<Enqueued> write() {
    lockLanes();
    long nextId = freshCount == 0 ? 0 : WorkIds.next(tx, freshCount);
    List<Enqueued> enqueued = new ArrayList<>(items.size());
    for (Item item : items) {
      if (item instanceof Fresh fresh) {
        EnqueueStep step = steps.computeIfAbsent(fresh.queue, queue -> new EnqueueStep(tx, queue));
        fresh.id = nextId++;
        fresh.state = step.add(fresh.id, fresh.work);
      }
      enqueued.add(item.answer());
    }
    return enqueued;
  }

  private record Keyed(String queue, String key) {}

  private sealed interface Item {
    default boolean conflicts() {
      return false;
    }

    Enqueued answer();
  }

  /** Work whose key belongs to work that was stored before. */
  private record Taken(Enqueued answer) implements Item {
    @Override
    public boolean conflicts() {
      return answer instanceof KeyConflict;
    }
  }

  /** Work whose key belongs to other work of this plan. */
  private record Twin(Fresh first, boolean sameContent) implements Item {
    @Override
    public boolean conflicts() {
      return !sameContent;
    }

    @Override
    public Enqueued answer() {
      return sameContent ? new Duplicate(first.id, first.state) : new KeyConflict(first.id);
    }
  }

  private static final class Fresh implements Item {
    private final String queue;
    private final NewWork work;
    private long id;
    private WorkState state = WorkState.READY;

    private Fresh(String queue, NewWork work) {
      this.queue = queue;
      this.work = work;
    }

    @Override
    public Enqueued answer() {
      return new Added(id);
    }
  }
}

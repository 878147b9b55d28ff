package dev.belay.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model of a queue without a store: the rules in plain Java, applied at the moment when work
 * falls due.
 */
final class QueueModel {
  /**
   * One piece of work. READY and WAITING are not stored, because they follow from the other fields.
   */
  static final class Item {
    final long id;
    final String content;
    final @Nullable String key;
    final KeyLife keyLife;
    final @Nullable String lane;
    final int priority;
    final int attemptsMax;
    boolean scheduled;
    boolean claimed;
    @Nullable WorkState finished;
    long dueMs;
    long expiresMs;
    long token;
    int attempt;
    boolean lapsed;
    boolean unwanted;

    Item(
        long id,
        String content,
        @Nullable String key,
        KeyLife keyLife,
        @Nullable String lane,
        int priority,
        int attemptsMax) {
      this.id = id;
      this.content = content;
      this.key = key;
      this.keyLife = keyLife;
      this.lane = lane;
      this.priority = priority;
      this.attemptsMax = attemptsMax;
    }

    boolean hasKey(String wanted) {
      return wanted.equals(key) && (keyLife == KeyLife.WHILE_KEPT || finished == null);
    }

    boolean isOpen() {
      return finished == null && !scheduled && !claimed;
    }
  }

  static final long RETRY_MS = 700;

  final Map<Long, Item> items = new TreeMap<>();
  private final Map<String, List<Item>> lines = new HashMap<>();
  private long nowMs;

  /** Moves the time, and gives back claims that have lapsed. */
  void advanceTo(long nowMs) {
    this.nowMs = nowMs;
    for (Item item : List.copyOf(items.values())) {
      if (item.claimed && item.expiresMs <= nowMs) {
        item.lapsed = true;
        giveBack(item, 0, 0, item.attempt >= item.attemptsMax);
      }
    }
    items.values().stream()
        .filter(item -> item.scheduled && item.dueMs <= nowMs)
        .sorted(Comparator.comparingLong((Item item) -> item.dueMs).thenComparing(i -> i.id))
        .forEach(this::join);
  }

  private void join(Item item) {
    item.scheduled = false;
    item.dueMs = 0;
    if (item.lane != null) {
      line(item.lane).add(item);
    }
  }

  List<Item> line(String lane) {
    return lines.computeIfAbsent(lane, name -> new ArrayList<>());
  }

  @Nullable Item withKey(String key) {
    return items.values().stream().filter(i -> i.hasKey(key)).findFirst().orElse(null);
  }

  void enqueue(Item item, long notBeforeMs) {
    items.put(item.id, item);
    item.scheduled = true;
    item.dueMs = notBeforeMs;
    if (notBeforeMs <= nowMs) {
      join(item);
    }
  }

  /** Returns the claimable work in dequeue order. */
  private Stream<Item> ready() {
    return items.values().stream()
        .filter(item -> state(item) == WorkState.READY)
        .sorted(Comparator.comparingInt((Item i) -> -i.priority).thenComparing(i -> i.id));
  }

  List<Item> nextBatch(int max) {
    List<Item> batch = new ArrayList<>();
    for (Item item : ready().limit(max).toList()) {
      if (item.lapsed) {
        return batch.isEmpty() ? List.of(item) : batch;
      }
      batch.add(item);
    }
    return batch;
  }

  List<Item> nextOfLane(String lane, int max) {
    return front(line(lane), 0, max);
  }

  List<Item> nextBehind(@Nullable Item held, int max) {
    if (held == null || held.lane == null) {
      return List.of();
    }
    List<Item> line = line(held.lane);
    int size = 0;
    while (size < line.size() && line.get(size).claimed) {
      if (line.get(size).lapsed) {
        return List.of();
      }
      size++;
    }
    return front(line, size, max);
  }

  private List<Item> front(List<Item> line, int first, int max) {
    List<Item> front = new ArrayList<>();
    for (Item item : line.subList(first, line.size())) {
      if (front.size() == max || item.claimed || item.dueMs > nowMs) {
        break;
      }
      if (item.lapsed) {
        return item == line.get(0) ? List.of(item) : front;
      }
      front.add(item);
    }
    return front;
  }

  void claim(Item item, long token, long expiresMs) {
    item.claimed = true;
    item.token = token;
    item.expiresMs = expiresMs;
    item.attempt++;
    item.dueMs = 0;
  }

  /** Returns the work of a live claim. */
  @Nullable Item held(long id, long token) {
    Item item = items.get(id);
    return item != null && item.claimed && item.token == token ? item : null;
  }

  boolean isFirst(Item item) {
    return item.lane == null || line(item.lane).get(0) == item;
  }

  void renew(Item held, long expiresMs) {
    for (Item item : items.values()) {
      if (item.claimed && item.token == held.token) {
        item.expiresMs = expiresMs;
      }
    }
  }

  void finish(Item item, WorkState state) {
    item.finished = state;
    item.claimed = false;
    item.scheduled = false;
    item.dueMs = 0;
    if (item.lane != null) {
      line(item.lane).remove(item);
    }
  }

  /** Ends a claim and gives back, uncharged, the claims behind it in its grant. */
  void giveBackGrant(Item held, long dueMs, int uncharged, boolean bury) {
    if (held.lane != null) {
      List<Item> line = line(held.lane);
      for (Item item : List.copyOf(line.subList(line.indexOf(held) + 1, line.size()))) {
        if (item.claimed) {
          giveBack(item, 0, 1, false);
        }
      }
    }
    held.lapsed = false;
    giveBack(held, dueMs, uncharged, bury);
  }

  private void giveBack(Item item, long dueMs, int uncharged, boolean bury) {
    item.claimed = false;
    item.attempt -= uncharged;
    if (item.unwanted) {
      finish(item, WorkState.CANCELLED);
    } else if (bury) {
      finish(item, WorkState.BURIED);
    } else {
      item.dueMs = dueMs;
    }
  }

  Requeue requeue(@Nullable Item item) {
    if (item == null) {
      return Requeue.NOT_FOUND;
    }
    if (item.finished == null) {
      return Requeue.NOT_FINISHED;
    }
    if (item.finished == WorkState.DONE) {
      return Requeue.DONE;
    }
    if (item.key != null && !item.hasKey(item.key) && withKey(item.key) != null) {
      return Requeue.KEY_TAKEN;
    }
    item.finished = null;
    item.attempt = 0;
    item.lapsed = false;
    item.unwanted = false;
    join(item);
    return Requeue.REQUEUED;
  }

  int purge() {
    List<Long> gone =
        items.values().stream().filter(i -> i.finished != null).map(i -> i.id).toList();
    gone.forEach(items::remove);
    return gone.size();
  }

  WorkState state(Item item) {
    if (item.finished != null) {
      return item.finished;
    }
    if (item.scheduled) {
      return WorkState.SCHEDULED;
    }
    if (item.claimed) {
      return WorkState.CLAIMED;
    }
    return item.dueMs <= nowMs && isFirst(item) ? WorkState.READY : WorkState.WAITING;
  }
}

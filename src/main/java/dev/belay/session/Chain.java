package dev.belay.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A list that grows at its end without copying its items, so that adding items one by one costs no
 * more than adding all at once. Immutable, safe for use by many threads.
 */
final class Chain<T> {
  /* A chain shares one array with all chains that were made from it, and each sees only its own
   * length. The longest of them grows in place. A shorter one is copied before it grows, because
   * its next place in the array is taken. Most chains have one item and share nothing yet.
   */
  private final Shared<T> shared;
  private final int size;
  private final @Nullable List<T> alone;

  private Chain(Shared<T> shared, int size, @Nullable List<T> alone) {
    this.shared = shared;
    this.size = size;
    this.alone = alone;
  }

  /**
   * Returns an empty chain of items that may have a key.
   *
   * @param key the name of the key, for messages
   * @param keyOf returns the key of an item, null for an item without one; no two items of a chain
   *     may have the same key
   */
  static <T> Chain<T> of(String key, Function<T, @Nullable String> keyOf) {
    return new Chain<>(new Shared<>(key, keyOf), 0, null);
  }

  int size() {
    return size;
  }

  /** Returns the items, in order. */
  List<T> list() {
    if (alone != null) {
      return alone;
    }
    synchronized (shared) {
      return List.copyOf(shared.items.subList(0, size));
    }
  }

  /**
   * Returns a chain of these items, followed by {@code more}.
   *
   * @throws IllegalArgumentException if two items have the same key
   */
  Chain<T> plus(List<T> more) {
    if (alone != null) {
      return new Chain<>(shared.with(alone), 1, null).plus(more);
    }
    if (size == 0 && more.size() == 1) {
      return new Chain<>(shared, 1, more);
    }
    synchronized (shared) {
      Shared<T> longest = shared.items.size() == size ? shared : shared.copy(size);
      longest.add(more);
      return new Chain<>(longest, longest.items.size(), null);
    }
  }

  /** The shared array and its keys. Belongs to the thread that holds its monitor. */
  private static final class Shared<T> {
    private final String key;
    private final Function<T, @Nullable String> keyOf;
    private final List<T> items = new ArrayList<>(0);

    /** The index of each key. Empty while there is at most one item, which is the usual case. */
    private final Map<String, Integer> places = new HashMap<>();

    Shared(String key, Function<T, @Nullable String> keyOf) {
      this.key = key;
      this.keyOf = keyOf;
    }

    Shared<T> copy(int size) {
      return with(items.subList(0, size));
    }

    Shared<T> with(List<T> first) {
      Shared<T> other = new Shared<>(key, keyOf);
      other.add(first);
      return other;
    }

    void add(List<T> more) {
      int before = items.size();
      items.addAll(more);
      try {
        if (items.size() > 1) {
          enterFrom(before < 2 ? 0 : before);
        }
      } catch (IllegalArgumentException e) {
        undoTo(before);
        throw e;
      }
    }

    private void enterFrom(int first) {
      for (int i = first; i < items.size(); i++) {
        String own = keyOf.apply(items.get(i));
        if (own != null && places.putIfAbsent(own, i) != null) {
          throw new IllegalArgumentException(key + " comes twice in one commit: " + own);
        }
      }
    }

    private void undoTo(int size) {
      items.subList(size, items.size()).clear();
      places.values().removeIf(place -> place >= size);
    }
  }
}

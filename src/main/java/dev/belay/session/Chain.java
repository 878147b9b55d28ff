package dev.belay.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A list that grows at its end, without copying what it has: so to add one by one costs no more
 * than to add all at once. Immutable, safe for use by many threads.
 */
final class Chain<T> {
  /* All chains that grew out of one another share an array, of which each sees its own length. The
   * longest of them grows in place; another one, from which a longer one has been made already, is
   * copied first. Most chains have one item and share nothing yet.
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
   * An empty one, for items that may have a key.
   *
   * @param keyOf null for an item without a key; no two items of a chain have the same
   * @param key what a key is, for messages
   */
  static <T> Chain<T> of(String key, Function<T, @Nullable String> keyOf) {
    return new Chain<>(new Shared<>(key, keyOf), 0, null);
  }

  int size() {
    return size;
  }

  /** The items, in order. */
  List<T> list() {
    if (alone != null) {
      return alone;
    }
    synchronized (shared) {
      return List.copyOf(shared.items.subList(0, size));
    }
  }

  /**
   * With {@code more} behind what it has.
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

  /** Belongs to the holder of its monitor. */
  private static final class Shared<T> {
    private final String key;
    private final Function<T, @Nullable String> keyOf;
    private final List<T> items = new ArrayList<>(0);

    /** The place of each key; empty while there is one item at most, as there nearly always is. */
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

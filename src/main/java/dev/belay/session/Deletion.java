package dev.belay.session;

import dev.belay.store.StoreException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Deletes rows of which some may refuse to go: the application may hang rows of its own on them, by
 * a foreign key or a trigger. A range that refuses is tried in halves, down to the row. Belongs to
 * the body that made it.
 */
final class Deletion<T> {
  private final ToIntFunction<List<T>> delete;
  private final UnaryOperator<List<T>> left;
  private final BiConsumer<T, @Nullable RuntimeException> stuck;

  /**
   * With what it takes for rows of one kind.
   *
   * @param delete deletes a range, named by its first and last row; how many rows that were
   * @param left those of a range that are still there
   * @param stuck told of each row that stays, and of the failure if there was an exception
   */
  Deletion(
      ToIntFunction<List<T>> delete,
      UnaryOperator<List<T>> left,
      BiConsumer<T, @Nullable RuntimeException> stuck) {
    this.delete = delete;
    this.left = left;
    this.stuck = stuck;
  }

  /** Deletes what can go, and returns how many rows that were. */
  int run(List<T> rows) {
    if (rows.isEmpty()) {
      return 0;
    }
    RuntimeException refusal = null;
    try {
      if (delete.applyAsInt(rows) == rows.size()) {
        return rows.size();
      }
    } catch (StoreException e) {
      throw e; // the store's failure, not that of a row
    } catch (RuntimeException e) {
      refusal = e;
    }
    RuntimeException failure = refusal;
    List<T> rest = left.apply(rows);
    int gone = rows.size() - rest.size();
    if (rows.size() == 1) {
      rest.forEach(row -> stuck.accept(row, failure));
      return gone;
    }
    int half = rest.size() / 2;
    return gone + run(rest.subList(0, half)) + run(rest.subList(half, rest.size()));
  }
}

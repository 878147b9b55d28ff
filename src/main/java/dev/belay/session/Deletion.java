package dev.belay.session;

import dev.belay.store.StoreException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Deletes rows some of which the database may refuse to delete, because a foreign key or a trigger
 * of the application refers to them. A range that cannot be deleted is halved and each half is
 * tried again, down to a single row. Belongs to the body that made it.
 */
final class Deletion<T> {
  private final ToIntFunction<List<T>> delete;
  private final UnaryOperator<List<T>> left;
  private final BiConsumer<T, @Nullable RuntimeException> stuck;

  /**
   * Creates a deletion of rows of one kind.
   *
   * @param delete deletes a range, given by its first and last row, and returns the number of rows
   *     deleted
   * @param left returns those rows of a range that still exist
   * @param stuck receives each row that cannot be deleted, with the exception if there was one
   */
  Deletion(
      ToIntFunction<List<T>> delete,
      UnaryOperator<List<T>> left,
      BiConsumer<T, @Nullable RuntimeException> stuck) {
    this.delete = delete;
    this.left = left;
    this.stuck = stuck;
  }

  /** Deletes all rows that can be deleted. Returns the number deleted. */
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
      throw e; // a failure of the store, not of one row
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

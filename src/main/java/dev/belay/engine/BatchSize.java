package dev.belay.engine;

/**
 * The number of rows that the next transaction of a deletion takes. Belongs to the thread that made
 * it.
 *
 * <p>A deferred constraint is checked at the COMMIT, whose failure does not name the row, and a
 * trigger may roll the transaction back. So a refused transaction is followed by one of half as
 * many rows, down to a single row, which the caller then passes over; an accepted one by one of
 * twice as many.
 */
public final class BatchSize {
  private final int max;
  private int size;

  /** Begins with the largest. */
  public BatchSize(int max) {
    this.max = max;
    this.size = max;
  }

  /** Returns the size of the next transaction, at most {@code most}. */
  public int next(int most) {
    return Math.min(size, most);
  }

  /** A transaction of {@code rows} rows has been committed. */
  public void accepted(int rows) {
    size = Math.min(2 * rows, max);
  }

  /**
   * A transaction of {@code rows} rows has been refused. Returns whether it is to be tried with
   * fewer; if not, its only row is the one that cannot go.
   */
  public boolean refused(int rows) {
    size = Math.max(1, rows / 2);
    return rows > 1;
  }
}

package dev.belay.check;

import dev.belay.engine.StoreEngine;
import dev.belay.store.Finding;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;

/**
 * One check of a whole store. Belongs to the thread that made it.
 *
 * <ol>
 *   <li>The engine looks at what only it can see, foremost at the tables and indexes.
 *   <li>Each table is walked through in the order of its key, in slices. A slice is a transaction
 *       of its own that only reads, so that a check holds no snapshot for long.
 * </ol>
 */
public final class StoreCheck {
  private final StoreEngine store;
  private final List<Finding> findings = new ArrayList<>();
  private final SliceSize size = new SliceSize();

  /** Prepares a check of {@code store}. */
  public StoreCheck(StoreEngine store) {
    this.store = store;
  }

  /** As {@code Belay.check}. */
  public List<Finding> run(Finding.Scope scope) {
    store.check(scope, this::add);
    for (Walk walk : Walk.ALL) {
      walk(walk);
    }
    if (findings.size() > Finding.MAX) {
      findings.subList(Finding.MAX, findings.size()).clear();
      findings.add(new Finding(Finding.MORE, "the store", "has more findings than " + Finding.MAX));
    }
    return List.copyOf(findings);
  }

  private void add(Finding finding) {
    if (findings.size() <= Finding.MAX) {
      findings.add(finding);
    }
  }

  private void walk(Walk walk) {
    Optional<Place> next = Optional.of(Place.START);
    while (next.isPresent() && findings.size() <= Finding.MAX) {
      next = slice(walk, next.get());
    }
  }

  /**
   * Checks the rows after {@code place}. Returns the last of them; empty at the end of the table.
   */
  private Optional<Place> slice(Walk walk, Place place) {
    long start = System.nanoTime();
    int rows = size.rows();
    try {
      Slice slice =
          store.look(
              tx ->
                  new Slice(
                      walk.find().after(tx, place, rows), walk.last().after(tx, place, rows)));
      slice.findings().forEach(this::add);
      return slice.last();
    } catch (StoreCorruptException e) {
      add(unreadable(walk, e));
    } catch (StoreException e) {
      throw e;
    } catch (JdbiException e) { // a statement that does not fit the tables
      add(unreadable(walk, e));
    } finally {
      size.took(System.nanoTime() - start);
    }
    return Optional.empty();
  }

  private static Finding unreadable(Walk walk, RuntimeException e) {
    return new Finding(
        "unreadable", walk.table(), "the rest was not checked: " + e.getClass().getSimpleName());
  }

  private record Slice(List<Finding> findings, Optional<Place> last) {}
}

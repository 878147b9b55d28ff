package dev.belay.engine.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The edge between the bodies that use one connection one after another: which body runs now, and
 * which of its changes no later body may find. Belongs to the thread that owns the connection.
 */
public final class BodyEdge {
  /** So many operating failures of one body are remembered; those after them stay its own. */
  private static final int FAILURES_MAX = 64;

  private final boolean replaceable;
  private @Nullable LiveBody body;
  private @Nullable Throwable spoiledBy;
  private boolean reads;
  private boolean changed;
  private boolean schemaTouched;
  private final List<SQLException> failures = new ArrayList<>(0);

  /**
   * Before the first body.
   *
   * @param replaceable whether another connection can take the place of this one, because the data
   *     is in a file
   */
  public BodyEdge(boolean replaceable) {
    this.replaceable = replaceable;
  }

  /**
   * A body begins.
   *
   * @param reads whether it may do nothing but read
   */
  void bodyStarts(LiveBody running, boolean reads) {
    failures.clear();
    this.reads = reads;
    body = running;
    spoiledBy = null;
    schemaTouched = false;
  }

  void bodyEnds() {
    body = null;
  }

  /** The body that runs now, for a SqlObject that asks for its handle. */
  LiveBody body() {
    if (body == null) {
      throw new IllegalStateException("no body runs");
    }
    return body;
  }

  /** Whether the body that runs may do nothing but read, whatever the connection can. */
  boolean isReading() {
    return body != null && reads;
  }

  /**
   * Judges a statement of a body before it is prepared.
   *
   * @throws IllegalStateException if it begins or ends a transaction
   * @throws IllegalArgumentException if it would change a connection that cannot be replaced
   */
  void admit(SqlKind kind, String sql) {
    if (kind == SqlKind.TRANSACTION) {
      throw new IllegalStateException(
          "a statement that begins or ends a transaction inside a body: the runner owns the"
              + " transaction; return or throw, or use writeFlow to roll back with a value");
    }
    if (kind == SqlKind.LIBRARY) {
      throw new IllegalArgumentException(
          "this statement would change every store of this process: " + sql.strip());
    }
    schemaTouched |= kind == SqlKind.SCHEMA;
    if (kind == SqlKind.CONNECTION) {
      requireReplaceable("this statement: " + sql.strip());
      changed = true;
    }
  }

  /** The body gets the driver's own object, through which it can do anything. */
  void bodySeesDriver() {
    requireReplaceable("unwrap");
    changed = true;
  }

  private void requireReplaceable(String what) {
    if (!replaceable) {
      throw new IllegalArgumentException(
          "a store in memory has one connection, for all bodies, which a body must not change by "
              + what
              + "; BelayOptions.withConnection prepares it when the store is opened");
    }
  }

  /** The connection of the body has failed so, and no other one. */
  void failedBy(SQLException failure) {
    if (failures.size() < FAILURES_MAX) {
      failures.add(failure);
    }
  }

  /** Whether it was the connection of the body, or last body, that failed so. */
  boolean hasFailedBy(SQLException failure) {
    return failures.stream().anyMatch(own -> own == failure);
  }

  /** The body may have changed the connection in a way that can be told only afterwards. */
  void bodyChangesConnection() {
    changed = true;
  }

  /** Whether a body has changed what the next one would find, so that the connection must go. */
  public boolean isChanged() {
    return changed && replaceable;
  }

  /** Whether the body may have changed the schema. */
  public boolean hasTouchedSchema() {
    return schemaTouched || changed;
  }

  /** Whether the data outlives the connection. */
  public boolean isReplaceable() {
    return replaceable;
  }

  /** A writing verb of Belay has ended by {@code failure} in the middle of what it writes. */
  void spoil(Throwable failure) {
    if (spoiledBy == null) {
      spoiledBy = failure;
    }
  }

  /** What spoiled the body that runs, or ran last. */
  @Nullable Throwable spoiledBy() {
    return spoiledBy;
  }

  void requireUnspoiled() {
    if (spoiledBy != null) {
      throw new IllegalStateException(
          "a verb of Belay failed in the middle of what it writes; let its exception pass, nothing"
              + " of this body can be kept",
          spoiledBy);
    }
  }
}

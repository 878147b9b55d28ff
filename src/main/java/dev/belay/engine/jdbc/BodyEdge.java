package dev.belay.engine.jdbc;

import dev.belay.engine.line.RequestKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The boundary between the bodies that use one connection one after another: the body that runs
 * now, and the effects of it that no later body may see. Belongs to the thread that owns the
 * connection.
 */
public final class BodyEdge {
  /**
   * The number of operating failures of one body that are remembered. Any further one is not
   * translated: the caller gets it as the body threw it.
   */
  private static final int FAILURES_MAX = 64;

  private final boolean replaceable;
  private @Nullable LiveBody body;
  private @Nullable Throwable spoiledBy;
  private boolean reads;
  private boolean changed;
  private boolean schemaTouched;
  private final List<SQLException> failures = new ArrayList<>(0);

  /**
   * Creates the boundary before the first body.
   *
   * @param replaceable whether another connection can replace this one, because the data is in a
   *     file
   */
  public BodyEdge(boolean replaceable) {
    this.replaceable = replaceable;
  }

  /** Notes that {@code running} begins. */
  void bodyStarts(LiveBody running, RequestKind kind) {
    failures.clear();
    reads = kind.reads();
    body = running;
    spoiledBy = null;
    schemaTouched = false;
  }

  void bodyEnds() {
    body = null;
  }

  /** Returns the running body, for a SqlObject that asks for its handle. */
  LiveBody body() {
    if (body == null) {
      throw new IllegalStateException("no body runs");
    }
    return body;
  }

  /** Returns whether the running body may only read, even on a connection that can write. */
  boolean isReading() {
    return body != null && reads;
  }

  /**
   * Checks a statement of a body before it is prepared.
   *
   * @throws IllegalStateException if it begins or ends a transaction
   * @throws IllegalArgumentException if it would change every store of this process, or a
   *     connection that cannot be replaced
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

  /** Notes that the body gets the driver's own object, through which it can do anything. */
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

  /** Notes that {@code failure} came from this connection. */
  void failedBy(SQLException failure) {
    if (failures.size() < FAILURES_MAX) {
      failures.add(failure);
    }
  }

  /**
   * Returns whether {@code failure} came from this connection during the running body, or the last
   * one.
   */
  boolean hasFailedBy(SQLException failure) {
    return failures.stream().anyMatch(own -> own == failure);
  }

  /** Notes that the body may change the connection in a way that cannot be checked in advance. */
  void bodyChangesConnection() {
    changed = true;
  }

  /**
   * Returns whether a body has changed the connection for later bodies, so that it must be
   * replaced.
   */
  public boolean isChanged() {
    return changed && replaceable;
  }

  /** Returns whether the body may have changed the schema. */
  public boolean hasTouchedSchema() {
    return schemaTouched || changed;
  }

  /** Returns whether the data outlives the connection. */
  public boolean isReplaceable() {
    return replaceable;
  }

  /** Notes that a writing verb of Belay failed with {@code failure} after it had begun to write. */
  void spoil(Throwable failure) {
    if (spoiledBy == null) {
      spoiledBy = failure;
    }
  }

  /** Returns the failure that spoiled the running body, or the last one; null if none did. */
  @Nullable Throwable spoiledBy() {
    return spoiledBy;
  }

  void requireUnspoiled() {
    if (spoiledBy != null) {
      throw new IllegalStateException(
          "a verb of Belay failed after it had begun to write; let its exception pass, nothing"
              + " of this body can be kept",
          spoiledBy);
    }
  }
}

package dev.belay.engine.jdbc;

import java.util.List;

/**
 * Determines the kinds of SQL statements by the rules of one database. Safe for use by many
 * threads.
 */
public interface SqlKinds {
  /** Returns the kind of the first statement of {@code sql}, the only one that is prepared. */
  SqlKind of(String sql);

  /** Returns the kinds of all statements of {@code script}. */
  List<SqlKind> ofAll(String script);
}

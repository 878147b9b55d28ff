package dev.belay.engine.jdbc;

import java.util.List;

/** Judges SQL texts by the rules of one database. Safe for use by many threads. */
public interface SqlKinds {
  /** The kind of the first statement of {@code sql}, the only one that is prepared. */
  SqlKind of(String sql);

  /** The kinds of all statements of {@code script}. */
  List<SqlKind> ofAll(String script);
}

package dev.belay.engine.jdbc;

/**
 * The SQL of those methods of Belay's DAOs for which a database needs other words than their
 * annotations have. Parameters, result and meaning are the same. Immutable, safe for use by many
 * threads.
 */
@FunctionalInterface
public interface SqlDialect {
  /** The SQL of the annotations. */
  SqlDialect ANNOTATED = (method, annotated) -> annotated;

  /**
   * Returns the SQL of a method.
   *
   * @param method the simple name of the DAO, a dot, and the name of the method
   * @param annotated the SQL of its annotation
   */
  String sql(String method, String annotated);
}

package dev.belay.kit;

/** Statements that each database writes in its own way. The suites ask a form for their text. */
public enum Sql {
  /**
   * Creates the table {@code note} of {@code dev.belay.testing.Notes}: a column {@code id} that
   * numbers the rows by itself in the order of arrival, and a column {@code text} of unique texts,
   * none of them null.
   */
  CREATE_NOTES,

  /** Begins a transaction. */
  BEGIN,

  /** A query of one number that takes a few hundredths of a second. */
  SLOW_QUERY
}

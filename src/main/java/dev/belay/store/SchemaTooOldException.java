package dev.belay.store;

import java.util.List;

/**
 * Reports a store whose schema is older than this library needs, or absent, and which may not be
 * migrated: it is opened for reading, or with {@code BelayOptions.withMigration(NONE)}. Nothing was
 * changed and no file was created.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class SchemaTooOldException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final String found;
  private final String needed;
  private final String[] pending;

  /**
   * Creates the exception for {@code store}, whose schema version is {@code found}, {@code "0"} if
   * it has none of Belay's tables, while this Belay needs {@code needed}.
   */
  public SchemaTooOldException(String store, String found, String needed, List<String> pending) {
    super(message(store, found, needed, pending), null);
    this.found = found;
    this.needed = needed;
    this.pending = pending.toArray(new String[0]);
  }

  private static String message(String store, String found, String needed, List<String> pending) {
    String what =
        found.equals("0")
            ? ": is not a store of Belay (schema version 0, needed: " + needed + ")"
            : found.equals(needed)
                ? " has schema version " + found + " as needed, but not all migrations"
                : ": is a store of an older Belay: schema version " + found + ", needed: " + needed;
    return store
        + what
        + "; opening it for writing, with migrations, migrates it. Pending: "
        + String.join(", ", pending);
  }

  /** Returns the version of Belay's schema in the store; {@code "0"} if it has none. */
  public String found() {
    return found;
  }

  /** Returns the version of Belay's schema that this library needs. */
  public String needed() {
    return needed;
  }

  /**
   * Returns the pending migrations in the order in which they would run, each as the name of its
   * history and of its script: {@code belay: V3__queue.sql}. The name of Belay's own history is
   * {@code belay}, those of the application are the names in {@code BelayOptions.withMigrations}. A
   * store that is opened for reading looks at Belay's own only.
   */
  public List<String> pending() {
    return List.of(pending);
  }
}

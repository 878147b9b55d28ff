package dev.belay.store;

/**
 * Reports a file that a newer version of Belay has migrated. The file was not changed; opening it
 * read-only may work.
 *
 * <p>Thrown when a store is opened, and by every write of a store that was already open during the
 * migration, starting at most half a second after it. Reads continue to work.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class SchemaTooNewException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final String found;
  private final String supported;

  /**
   * Creates the exception for {@code file}, whose schema version is {@code found}, while this Belay
   * knows versions up to {@code supported}.
   */
  public SchemaTooNewException(String file, String found, String supported) {
    super(
        file
            + " has schema version "
            + found
            + ", this Belay knows versions up to "
            + supported
            + "; use a newer Belay, or open the file read-only",
        null);
    this.found = found;
    this.supported = supported;
  }

  /** Returns the schema version of the file. */
  public String found() {
    return found;
  }

  /** Returns the newest schema version that this Belay knows. */
  public String supported() {
    return supported;
  }
}

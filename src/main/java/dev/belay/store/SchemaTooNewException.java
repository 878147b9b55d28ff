package dev.belay.store;

/**
 * The file was migrated by a newer Belay. It has not been touched; opening it read-only may work.
 *
 * <p>Thrown when a store is opened, and by every write of a store that was open when the newer
 * Belay came, from half a second after the migration at the latest. Reads go on.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class SchemaTooNewException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final String found;
  private final String supported;

  /**
   * For {@code file}, whose schema is at {@code found} where this Belay knows {@code supported}.
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

  /** The schema version of the file. */
  public String found() {
    return found;
  }

  /** The newest schema version that this Belay knows. */
  public String supported() {
    return supported;
  }
}

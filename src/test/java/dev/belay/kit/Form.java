package dev.belay.kit;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import java.nio.file.Path;

/** One form in which an engine opens stores. Stateless, safe for use by many threads. */
public interface Form {
  /** The name that reports show, unique among all engines. */
  String name();

  /** Whether other handles and other processes can open a store, also after the first is closed. */
  boolean isShared();

  /** Whether suites that take seconds run on it too. */
  boolean runsSlowSuites();

  /** Whether the fixtures of the kit use two handles in turn, as two processes would. */
  boolean usesTwoHandles();

  /** The options that a test begins with. */
  BelayOptions options();

  /** The type of a column {@code id} that numbers the rows of a table by itself. */
  String numberedId();

  /** Returns the address of a new, empty store, which may be a file in {@code folder}. */
  String create(Path folder);

  /** Opens a handle on the store at that address. */
  Belay open(String address, BelayOptions options);

  /** Deletes the store at that address, all of whose handles are closed; the folder goes anyway. */
  default void drop(String address) {}
}

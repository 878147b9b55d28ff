package dev.belay.kit;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.testing.ChildCommand;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One form in which an engine opens stores. Stateless, safe for use by many threads. */
public interface Form {
  /** The name that reports show, unique among all engines. */
  String name();

  /** What the form promises beyond the contract of all engines. */
  Set<Promise> promises();

  /** Whether other handles and other processes can open a store, also after the first is closed. */
  boolean isShared();

  /** Whether suites that take seconds run on it too. */
  boolean runsSlowSuites();

  /** Whether the fixtures of the kit use two handles in turn, as two processes would. */
  boolean usesTwoHandles();

  /** How many bodies of one handle can write at once; each further one waits for one of them. */
  int writersAtOnce();

  /** The options that a test begins with. */
  BelayOptions options();

  /** Returns the text of {@code statement} as the database understands it. */
  String sql(Sql statement);

  /**
   * Returns statements after which the database refuses each {@code change} (INSERT, UPDATE or
   * DELETE) to a row of {@code table} for which {@code condition} holds; the condition calls the
   * row OLD or NEW. The failure names {@code refused}.
   */
  List<String> refusing(String change, String table, String condition);

  /** As {@link #refusing}, but the change is skipped and nobody is told. */
  List<String> ignoring(String change, String table, String condition);

  /** Returns the statement that takes back either for that change and table. */
  String refusingNoMore(String change, String table);

  /** Returns the address of a new, empty store, which may be a file in {@code folder}. */
  String create(Path folder);

  /** Opens a handle on the store at that address. */
  Belay open(String address, BelayOptions options);

  /**
   * Opens a connection of another program to the store at that address, in autocommit mode. For
   * forms that are shared.
   */
  Connection connect(String address) throws SQLException;

  /** Deletes the store at that address, all of whose handles are closed; the folder goes anyway. */
  default void drop(String address) {}

  /**
   * A second process for the store at that address: {@code main} opens it with {@link Engine#open},
   * whose arguments come before {@code more}. For forms that are shared.
   */
  default ChildCommand process(String address, Class<?> main, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of(name(), address));
    arguments.addAll(List.of(more));
    return ChildCommand.of(main, arguments.toArray());
  }

  /** The ways to kill what such a process does; for forms that are shared. */
  default List<Kill> kills() {
    return List.of(Kill.PROCESS);
  }
}

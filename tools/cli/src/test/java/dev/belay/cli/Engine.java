package dev.belay.cli;

import dev.belay.Belay;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** The databases that the commands are tested on. Immutable, safe for use by many threads. */
enum Engine {
  FILE,
  SERVER;

  /** A new place for a store, without one. */
  Place place(Path folder) {
    return this == FILE
        ? new Place("-f", folder.resolve(UUID.randomUUID() + ".db").toString())
        : new Place("--url", Server.newSchema());
  }

  /** A new empty store. */
  Place store(Path folder) {
    Place place = place(folder);
    place.open().close();
    return place;
  }

  /** A new store with something of everything. */
  Place sample(Path folder) {
    Place place = place(folder);
    try (Belay belay = place.open()) {
      SampleStore.fill(belay);
    }
    return place;
  }

  /**
   * Where a store is. Immutable, safe for use by many threads.
   *
   * @param option the option that names it
   * @param value the value of the option
   */
  record Place(String option, String value) {
    Belay open() {
      return option.equals("-f") ? Belay.open(Path.of(value)) : Belay.openPostgres(value);
    }

    Cli cli() {
      return Cli.of(option, value);
    }

    Path file() {
      return Path.of(value);
    }

    /** Changes it behind Belay's back. */
    void execute(String... statements) {
      for (String sql : List.of(statements)) {
        Server.execute(option.equals("-f") ? "jdbc:sqlite:" + value : value, sql);
      }
    }
  }
}

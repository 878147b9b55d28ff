package dev.belay.dashboard;

import java.util.Optional;

/** A write that a page offers. Immutable. */
enum Action {
  /** Puts a dead letter or cancelled work back into its queue. */
  RETRY("/retry", "Retry"),
  /** Cancels work, or asks its worker to. */
  CANCEL("/cancel", "Cancel"),
  /** Deletes finished work of a queue. */
  PURGE("/purge", "Purge"),
  /** Ends a lease by its token. */
  RELEASE("/release", "Release");

  private final String path;
  private final String label;

  Action(String path, String label) {
    this.path = path;
    this.label = label;
  }

  String path() {
    return path;
  }

  String label() {
    return label;
  }

  static Optional<Action> at(String path) {
    for (Action action : values()) {
      if (action.path.equals(path)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }
}

package dev.belay.dashboard;

/** An entry of the menu. Immutable. */
enum Section {
  OVERVIEW("/", "Overview"),
  QUEUES("/queues", "Queues"),
  LEASES("/leases", "Leases"),
  SESSIONS("/sessions", "Sessions"),
  EVENTS("/events", "Events"),
  /** A page outside the menu. */
  NONE("", "");

  private final String path;
  private final String label;

  Section(String path, String label) {
    this.path = path;
    this.label = label;
  }

  String path() {
    return path;
  }

  String label() {
    return label;
  }
}

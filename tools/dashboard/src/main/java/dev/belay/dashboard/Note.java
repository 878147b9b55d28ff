package dev.belay.dashboard;

import java.time.Instant;

/**
 * An event that a person may look for. Immutable.
 *
 * @param subject the kind of thing that it happened to
 * @param name the name of the lease or queue, or the id of the session; empty for the store
 * @param workId the id of the work, 0 if it is none
 * @param text what happened, in words of the dashboard, labels and numbers
 */
record Note(Instant at, Tone tone, Subject subject, String name, long workId, String text) {
  /** What an event means for those who look after the store. Immutable. */
  enum Tone {
    /** Ordinary. */
    PLAIN("Ordinary"),
    /** A lease changed hands, or something was given up. */
    NOTABLE("Notable"),
    /** A holder that had lost its lease or claim tried to use it, and was refused. */
    STALE("Stale holder"),
    /** A failure. */
    FAILED("Failure");

    private final String label;

    Tone(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /** The kind of thing that an event happened to. Immutable. */
  enum Subject {
    STORE,
    LEASE,
    WORK,
    SESSION
  }
}

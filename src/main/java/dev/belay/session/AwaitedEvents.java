package dev.belay.session;

import org.jspecify.annotations.Nullable;

/**
 * The event that a caller waits for: the first one after {@code afterSeq}. Immutable, safe for use
 * by many threads.
 */
record AwaitedEvents(String id, long afterSeq) {
  // Written by hand, because the generated methods of a record are linked at their first call. If
  // the JVM is out of memory at that moment, they fail until the JVM ends.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AwaitedEvents events
        && events.afterSeq == afterSeq
        && events.id.equals(id);
  }

  @Override
  public int hashCode() {
    return id.hashCode() ^ Long.hashCode(afterSeq);
  }
}

package dev.belay.session;

import org.jspecify.annotations.Nullable;

/** What a caller waits for: an event after another. Immutable, safe for use by many threads. */
record AwaitedEvents(String id, long afterSeq) {
  // Written out, because those of a record are linked when they are first called, and if there is
  // no
  // memory at that moment they fail for as long as the JVM lives.

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

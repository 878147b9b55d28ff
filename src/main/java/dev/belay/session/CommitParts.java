package dev.belay.session;

import org.jspecify.annotations.Nullable;

/** The parts of a {@link SessionCommit}. Changed only while they are built, by one thread. */
final class CommitParts implements Cloneable {
  final String sessionId;

  /** Null for any revision. */
  final @Nullable Long expectedRevision;

  @Nullable String operationId;

  /** Null for the leaf. */
  @Nullable Long parentSeq;

  /** Null for no events. */
  @Nullable Chain<NewEvent> events;

  /** Null if the state is not changed. */
  @Nullable String state;

  Turn turn = Turn.NONE;

  CommitParts(String sessionId, @Nullable Long expectedRevision) {
    this.sessionId = sessionId;
    this.expectedRevision = expectedRevision;
  }

  @Override
  protected CommitParts clone() {
    try {
      return (CommitParts) super.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}

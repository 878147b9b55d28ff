package dev.belay.session;

import dev.belay.engine.GroupVerbs;
import dev.belay.engine.GroupVerbs.Append;
import dev.belay.engine.GroupVerbs.Appended;
import dev.belay.engine.StoreEngine;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commits that only append, which an engine may run for several callers at once. Immutable, safe
 * for use by many threads.
 */
record GroupedCommits(StoreEngine engine, Freeing freeing) {
  /** The maximum number of events of a commit in a group: 64. */
  private static final int EVENTS_MAX = 64;

  /** Commits, with commits of other callers, or {@code alone}. */
  CommitOutcome commit(
      SessionCommit commit, byte @Nullable [] hash, Supplier<CommitOutcome> alone) {
    Committed appended;
    try {
      appended = append(commit, hash);
    } catch (CommitUnknownException e) {
      return againOrThrow(e, hash != null, alone);
    }
    return appended == null ? alone.get() : appended;
  }

  /** An operation is applied once, so it can be sent again; if that fails, it stays unknown. */
  private static CommitOutcome againOrThrow(
      CommitUnknownException unknown, boolean isOperation, Supplier<CommitOutcome> alone) {
    if (isOperation) {
      try {
        return alone.get();
      } catch (StoreException e) {
        unknown.addSuppressed(e);
      }
    }
    throw unknown;
  }

  /** Appends, or returns null: nothing has happened. */
  private @Nullable Committed append(SessionCommit commit, byte @Nullable [] hash) {
    GroupVerbs groups = engine.groups();
    if (groups == GroupVerbs.NONE || !isPlain(commit) || freeing.looksNext()) {
      return null;
    }
    List<GroupVerbs.Event> events = new ArrayList<>(commit.events().size());
    for (NewEvent event : commit.events()) {
      if (event.eventIdOrNull() != null) {
        return null;
      }
      events.add(new GroupVerbs.Event(event.type(), event.payload()));
    }
    Appended appended =
        groups.append(
            new Append(
                commit.sessionId(),
                commit.expectedRevision(),
                commit.operationId(),
                OperationHash.FORMAT,
                hash == null ? null : HexFormat.of().formatHex(hash),
                events,
                commit.state()));
    return appended == null
        ? null
        : new Committed(
            appended.revision(), appended.firstSeq(), appended.lastSeq(), List.of(), false);
  }

  /** The first commit of a session creates it, which a group does not. */
  private static boolean isPlain(SessionCommit commit) {
    Long expected = commit.expectedRevision();
    return commit.turn().equals(Turn.NONE)
        && commit.parentSeq() == null
        && (expected == null || expected > 0)
        && commit.events().size() <= EVENTS_MAX;
  }
}

package dev.belay.cli;

import dev.belay.StoreStats;
import dev.belay.lease.Lease;
import dev.belay.queue.Work;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkState;
import dev.belay.session.Session;
import dev.belay.session.SessionEvent;
import dev.belay.session.SessionLine;
import dev.belay.store.Finding;
import java.util.Locale;

/**
 * The things of a store as rows: which names their values have. Stateless, safe for many threads.
 */
final class Rows {
  private Rows() {}

  static Row of(Finding finding) {
    return Row.of("finding")
        .with("rule", finding.rule())
        .with("subject", finding.subject())
        .with("message", finding.message());
  }

  static Row of(StoreStats stats) {
    return Row.of("store")
        .with("engine", stats.engine().name())
        .with("engineVersion", stats.engine().version())
        .with("location", stats.engine().location())
        .with("schemaVersion", stats.engine().schemaVersion())
        .with("bytes", stats.engine().bytes())
        .with("walBytes", stats.engine().walBytes())
        .with("sessions", stats.sessions().value())
        .with("sessionsAtLeast", stats.sessions().atLeast())
        .with("leases", stats.leases().value())
        .with("leasesAtLeast", stats.leases().atLeast())
        .with("at", stats.at())
        .with("cliVersion", LibraryVersion.text());
  }

  /** Returns the counts of a queue; {@code atLeast} says that one of them may be larger. */
  static Row of(StoreStats.QueueCounts queue) {
    Row row = Row.of("queue").with("queue", queue.queue());
    boolean atLeast = false;
    for (WorkState state : WorkState.values()) {
      row.with(nameOf(state), queue.count(state).value());
      atLeast |= queue.count(state).atLeast();
    }
    return row.with("atLeast", atLeast)
        .with("oldestReadyAt", queue.oldestReadyAt())
        .with("oldestClaimedAt", queue.oldestClaimedAt());
  }

  static String nameOf(WorkState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  static Row of(Lease lease) {
    return Row.of("lease")
        .with("name", lease.name())
        .with("holder", lease.holder())
        .with("token", lease.token())
        .with("acquiredAt", lease.acquiredAt())
        .with("expiresAt", lease.expiresAt());
  }

  static Row of(SessionLine session) {
    return Row.of("session")
        .with("id", session.id())
        .with("revision", session.revision())
        .with("leaf", session.leafSeq())
        .with("stateBytes", session.stateBytes())
        .with("createdAt", session.createdAt())
        .with("updatedAt", session.updatedAt());
  }

  static Row of(Session session) {
    return Row.of("session")
        .with("id", session.id())
        .with("revision", session.revision())
        .with("leaf", session.leafSeq())
        .with("state", session.state())
        .with("createdAt", session.createdAt())
        .with("updatedAt", session.updatedAt());
  }

  static Row of(SessionEvent event) {
    return Row.of("event")
        .with("session", event.sessionId())
        .with("seq", event.seq())
        .with("parent", event.parentSeq())
        .with("id", event.eventId())
        .with("type", event.type())
        .with("payload", event.payload())
        .with("at", event.at());
  }

  static Row of(WorkLine work) {
    return Row.of("work")
        .with("id", work.id())
        .with("queue", work.queue())
        .with("state", nameOf(work.state()))
        .with("type", work.type())
        .with("key", work.key())
        .with("lane", work.lane())
        .with("priority", work.priority())
        .with("attempt", work.attempt())
        .with("attemptsMax", work.attemptsMax())
        .with("enqueuedAt", work.enqueuedAt())
        .with("notBefore", work.notBefore())
        .with("cancelRequested", work.cancelRequested())
        .with("worker", work.worker())
        .with("token", work.token())
        .with("claimedAt", work.claimedAt())
        .with("expiresAt", work.expiresAt())
        .with("finishedAt", work.finishedAt())
        .with("payloadBytes", work.payloadBytes())
        .with("resultBytes", work.resultBytes());
  }

  static Row of(Work work) {
    return Row.of("work")
        .with("id", work.id())
        .with("queue", work.queue())
        .with("state", nameOf(work.state()))
        .with("type", work.type())
        .with("key", work.key())
        .with("lane", work.lane())
        .with("priority", work.priority())
        .with("attempt", work.attempt())
        .with("attemptsMax", work.attemptsMax())
        .with("enqueuedAt", work.enqueuedAt())
        .with("notBefore", work.notBefore())
        .with("cancelRequested", work.cancelRequested())
        .with("worker", work.worker())
        .with("token", work.token())
        .with("claimedAt", work.claimedAt())
        .with("expiresAt", work.expiresAt())
        .with("finishedAt", work.finishedAt())
        .with("lastError", work.lastError())
        .with("payload", work.payload())
        .with("result", work.result());
  }
}

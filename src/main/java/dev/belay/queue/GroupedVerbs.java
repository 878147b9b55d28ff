package dev.belay.queue;

import dev.belay.engine.GroupVerbs;
import dev.belay.engine.GroupVerbs.Addition;
import dev.belay.engine.GroupVerbs.Completion;
import dev.belay.engine.GroupVerbs.Take;
import dev.belay.engine.GroupVerbs.Taken;
import dev.belay.engine.StoreEngine;
import dev.belay.store.TextRule;
import dev.belay.store.Ttl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of one queue in their usual case, which an engine may run for several callers at once.
 * Safe for use by many threads.
 */
final class GroupedVerbs {
  private final StoreEngine engine;
  private final ClaimRegistry held;
  private final String queue;

  GroupedVerbs(StoreQueues store, String queue) {
    this.engine = store.engine();
    this.held = store.held();
    this.queue = queue;
  }

  /** Returns whether the engine runs verbs for several callers at once. */
  boolean isOpen() {
    return engine.groups() != GroupVerbs.NONE;
  }

  /** Enqueues; null if nothing has happened. */
  Enqueued.@Nullable Added enqueue(NewWork work) {
    GroupVerbs groups = engine.groups();
    if (groups == GroupVerbs.NONE
        || work.key() != null
        || work.notBeforeMs() != NewWork.AT_ONCE_MS) {
      return null;
    }
    long id =
        groups.add(
            new Addition(
                queue,
                work.lane(),
                work.type(),
                work.priority(),
                work.attemptsMax(),
                work.headers(),
                work.payload(),
                work.payloadBytes()));
    return id == 0 ? null : new Enqueued.Added(id);
  }

  /** Claims; empty if nothing has happened. */
  List<Claim> claim(String worker, Duration ttl, int max) {
    GroupVerbs groups = engine.groups();
    if (groups == GroupVerbs.NONE) {
      return List.of();
    }
    TextRule.id("worker", worker);
    List<Taken> taken = groups.take(new Take(queue, worker, Ttl.toMs(ttl), max));
    List<Claim> claims = new ArrayList<>(taken.size());
    for (Taken one : taken) {
      claims.add(
          new Claim(
              queue,
              one.id(),
              one.token(),
              worker,
              one.type(),
              one.payload(),
              one.lane(),
              one.attempt(),
              one.attemptsMax(),
              Headers.decode(one.headers(), one.id()),
              one.claimedAt(),
              one.expiresAt()));
    }
    return claims;
  }

  /** Completes; returns for each whether it has been completed. */
  List<Boolean> complete(List<Completed> completions) {
    GroupVerbs groups = engine.groups();
    if (groups == GroupVerbs.NONE) {
      return completions.stream().map(one -> false).toList();
    }
    List<Boolean> done =
        groups.complete(
            completions.stream()
                .map(
                    one ->
                        new Completion(
                            queue,
                            one.claim.lane(),
                            one.claim.workId(),
                            one.claim.token(),
                            one.result))
                .toList());
    for (int i = 0; i < done.size(); i++) {
      if (done.get(i)) {
        held.finished(completions.get(i).claim);
      }
    }
    return done;
  }

  /** A claim and the result of its work. */
  record Completed(Claim claim, @Nullable String result) {}
}

package dev.belay.queue;

import dev.belay.engine.Renewals;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The renewals of claims as one verb. Of claims that have joined one grant, the first live one
 * renews the grant. Belongs to one call.
 */
final class RenewingClaims implements Renewals<List<ClaimRenewal>> {
  private final SettleVerbs verbs;
  private final String queue;
  private final Duration ttl;
  private final List<Supplier<List<Claim>>> runs;
  private final @Nullable ClaimRenewal[] results;

  /** The claims that may be renewed without the body, by the place of their run. */
  private final Map<Integer, Claim> granted = new LinkedHashMap<>();

  /**
   * Prepares the renewals.
   *
   * @param runs returns the open claims of each grant; called in the body, which sees those that
   *     have joined meanwhile
   */
  RenewingClaims(SettleVerbs verbs, String queue, Duration ttl, List<Supplier<List<Claim>>> runs) {
    this.verbs = verbs;
    this.queue = queue;
    this.ttl = ttl;
    this.runs = runs;
    this.results = new @Nullable ClaimRenewal[runs.size()];
  }

  @Override
  public List<Grant> grants() {
    long ttlMs = Ttl.toMs(ttl);
    List<Grant> grants = new ArrayList<>(runs.size());
    for (int i = 0; i < runs.size(); i++) {
      List<Claim> open = runs.get(i).get();
      if (!open.isEmpty() && open.get(0).lane() == null && open.get(0).queue().equals(queue)) {
        Claim first = open.get(0);
        granted.put(i, first);
        grants.add(new ClaimGrant(queue, first.workId(), first.token(), ttlMs));
      }
    }
    return grants;
  }

  @Override
  public boolean take(List<@Nullable Renewed> renewed) {
    int next = 0;
    for (Map.Entry<Integer, Claim> each : granted.entrySet()) {
      Renewed one = renewed.get(next++);
      if (one != null) {
        Instant expiresAt = Instant.ofEpochMilli(one.expiresAtMs());
        results[each.getKey()] =
            new ClaimRenewal.Renewed(each.getValue().until(expiresAt), one.cancelRequested());
      }
    }
    for (ClaimRenewal result : results) {
      if (result == null) {
        return false;
      }
    }
    return true;
  }

  @Override
  public List<ClaimRenewal> result() {
    List<ClaimRenewal> all = new ArrayList<>(results.length);
    for (ClaimRenewal result : results) {
      all.add(Objects.requireNonNull(result));
    }
    return all;
  }

  @Override
  public List<ClaimRenewal> run(Tx tx) {
    List<ClaimRenewal> all = new ArrayList<>(results.length);
    for (int i = 0; i < results.length; i++) {
      ClaimRenewal done = results[i];
      all.add(done != null ? done : renew(tx, runs.get(i).get()));
    }
    return all;
  }

  private ClaimRenewal renew(Tx tx, List<Claim> open) {
    ClaimRenewal renewal = new ClaimRenewal.Lost();
    for (Claim claim : open) {
      renewal = verbs.renew(tx, claim, ttl);
      if (renewal.renewed().isPresent()) {
        break;
      }
    }
    return renewal;
  }
}

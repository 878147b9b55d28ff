package dev.belay.queue;

import dev.belay.store.TokenSpace;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Claims the next work of a queue, each piece as a grant of its own. Belongs to its body. */
final class ClaimStep {
  /* Three statements if work is READY and nothing is due: the outlook, a token, the claim. A batch
   * takes all its tokens at once. A claim that finds nothing has written nothing, so that idle
   * workers cost no commits.
   */
  private final Tx tx;
  private final String queue;
  private final TokenSpace tokens;
  private final WorkStepDao dao;
  private final long nowMs;
  private final Claiming claiming;

  ClaimStep(Tx tx, String queue, TokenSpace tokens, String worker, long ttlMs) {
    this.tx = tx;
    this.queue = queue;
    this.tokens = tokens;
    this.dao = tx.attach(WorkStepDao.class);
    this.nowMs = tx.now().toEpochMilli();
    this.claiming = new Claiming(tx, queue, worker, Ttl.expiryMs(nowMs, ttlMs));
  }

  Optional<Claim> one() {
    Long nextId = promoteUntilReady();
    return nextId == null ? Optional.empty() : Optional.of(claiming.claim(nextId, tokens.next(tx)));
  }

  List<Claim> batch(int max) {
    Long nextId = promoteUntilReady();
    if (nextId == null) {
      return List.of();
    }
    if (max == 1) {
      return List.of(claiming.claim(nextId, tokens.next(tx)));
    }
    List<ReadyWork> ready = untilLapsed(ready(max));
    long token = tokens.next(tx, ready.size());
    List<Claim> claims = new ArrayList<>(ready.size());
    for (ReadyWork work : ready) {
      claims.add(claiming.claim(work.id(), token++));
    }
    return claims;
  }

  /** What has lapsed may kill its process again: alone it takes no neighbour with it. */
  private static List<ReadyWork> untilLapsed(List<ReadyWork> ready) {
    if (ready.get(0).lapses() > 0) {
      return ready.subList(0, 1);
    }
    int healthy = 1;
    while (healthy < ready.size() && ready.get(healthy).lapses() == 0) {
      healthy++;
    }
    return ready.subList(0, healthy);
  }

  /** The work to claim next, of what is due as much as the batch can hold. */
  private List<ReadyWork> ready(int max) {
    List<ReadyWork> ready = dao.ready(queue, max);
    // One round is made already. So many more at most: a round may add nothing, because what it
    // promotes stands behind others in a lane, and that may be very much.
    for (int rounds = max / PromoteDue.ROUND_MAX; rounds > 0 && ready.size() < max; rounds--) {
      if (!dao.outlook(queue, nowMs).orElseThrow().due()) {
        break;
      }
      new PromoteDue(tx, queue).round();
      ready = dao.ready(queue, max);
    }
    return ready;
  }

  /** The work to claim next, null if there is none, after one round at least of what is due. */
  private @Nullable Long promoteUntilReady() {
    Outlook outlook = dao.outlook(queue, nowMs).orElseThrow();
    if (outlook.due()) {
      PromoteDue promote = new PromoteDue(tx, queue);
      do {
        promote.round();
        outlook = dao.outlook(queue, nowMs).orElseThrow();
      } while (outlook.nextId() == null && outlook.due());
    }
    return outlook.nextId();
  }
}

package dev.belay.queue;

import dev.belay.engine.ChangedMeanwhileException;
import dev.belay.queue.ClaimDao.ClaimedWork;
import dev.belay.store.BelayObserver.ClaimEvent;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.time.Instant;

/**
 * The worker and the expiry that all claims of one step share. Claims work that was found
 * claimable. Belongs to the body that made it.
 */
final class ClaimTerms {
  private final Tx tx;
  private final ClaimDao dao;
  private final String queue;
  private final String worker;
  private final Instant now;
  private final Instant expiresAt;

  ClaimTerms(Tx tx, String queue, String worker, long expiresAtMs) {
    this.tx = tx;
    this.dao = tx.attach(ClaimDao.class);
    this.queue = queue;
    this.worker = worker;
    this.now = tx.now();
    this.expiresAt = Instant.ofEpochMilli(expiresAtMs);
  }

  /** Finds work that can be claimed. */
  ClaimedWork claimable(long id) {
    return dao.claimable(id).orElseThrow(() -> changed(id, "is gone"));
  }

  Claim claim(ClaimedWork work, long token) {
    long id = work.id();
    if (dao.claim(id, token, worker, now.toEpochMilli(), expiresAt.toEpochMilli()) == 0) {
      throw changed(id, "can be claimed, and then cannot");
    }
    String payload = work.payload();
    if (payload == null) {
      throw corrupt(id, "has no payload");
    }
    Claim claim =
        new Claim(
            queue,
            id,
            token,
            worker,
            work.type(),
            payload,
            work.lane(),
            work.attempt(),
            work.attemptsMax(),
            Headers.decode(work.headers(), id),
            now,
            expiresAt);
    ClaimReports.report(tx, claim, ClaimEvent.Outcome.GRANTED);
    return claim;
  }

  private static ChangedMeanwhileException changed(long id, String what) {
    return new ChangedMeanwhileException("work " + id + " " + what);
  }

  private static StoreCorruptException corrupt(long id, String what) {
    return new StoreCorruptException("work " + id + " " + what, null);
  }
}

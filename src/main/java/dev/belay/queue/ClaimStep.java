package dev.belay.queue;

import dev.belay.engine.ChangedMeanwhileException;
import dev.belay.engine.RowLocks;
import dev.belay.engine.TokenSpace;
import dev.belay.queue.ClaimDao.ClaimedWork;
import dev.belay.queue.ClaimDao.NextId;
import dev.belay.queue.ClaimDao.NextWork;
import dev.belay.queue.ClaimDao.ReadyWork;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Claims the next work in dequeue order, each piece as a grant of its own. Belongs to the body that
 * made it.
 */
final class ClaimStep {
  /*
   * If work is READY and nothing is due, a claim is three statements: the look, a token, the claim.
   * A batch takes all its tokens at once. A claim that finds no work writes nothing, so that idle
   * workers cause no commits.
   */

  /** The maximum number of pieces of work that one batch claims: 1,000. */
  static final int BATCH_MAX = 1_000;

  /** The maximum number of rounds that one step makes in the transaction of a caller: 4. */
  static final int ROUNDS_MAX = 4;

  private final Tx tx;
  private final String queue;
  private final TokenSpace tokens;
  private final ClaimDao dao;
  private final long nowMs;
  private final ClaimTerms terms;
  private final RowLocks locks;
  private final PromoteDue promote;
  private int roundsLeft;
  private int filled;
  private boolean promoted;
  private boolean unfinished;

  /**
   * Creates a step that has claimed nothing yet.
   *
   * @param rounds the maximum number of rounds in which it promotes due work
   * @param filled the number of rounds that earlier steps have made to fill the batch
   */
  ClaimStep(
      Tx tx, String queue, TokenSpace tokens, String worker, long ttlMs, int rounds, int filled) {
    this.roundsLeft = rounds;
    this.filled = filled;
    this.tx = tx;
    this.queue = queue;
    this.tokens = tokens;
    this.dao = tx.attach(ClaimDao.class);
    this.promote = new PromoteDue(tx, queue);
    this.locks = RowLocks.of(tx);
    this.nowMs = tx.now().toEpochMilli();
    this.terms = new ClaimTerms(tx, queue, worker, Ttl.expiryMs(nowMs, ttlMs));
  }

  Optional<Claim> one() {
    Optional<NextWork> next = dao.next(queue, nowMs).filter(work -> !work.othersDue());
    if (next.isPresent()) {
      return Optional.of(claim(next.get().work()));
    }
    Long nextId = promoteUntilReady();
    return nextId == null ? Optional.empty() : Optional.of(claim(terms.claimable(nextId)));
  }

  List<Claim> batch(int max) {
    Long nextId = promoteUntilReady();
    if (nextId == null) {
      return List.of();
    }
    if (max == 1) {
      return List.of(claim(terms.claimable(nextId)));
    }
    if (!fill(max)) {
      return List.of();
    }
    List<ReadyWork> ready = startOf(dao.ready(queue, max));
    if (ready.isEmpty()) {
      return List.of(); // other transactions have locked what there is
    }
    List<ClaimedWork> works = dao.nextClaimable(queue, ready.size());
    requireSame(ready, works);
    long after = 0;
    for (ClaimedWork work : works) {
      after = Math.max(after, lastToken(work));
    }
    long token = tokens.next(tx, works.size(), after);
    List<Claim> batch = new ArrayList<>(works.size());
    for (ClaimedWork work : works) {
      batch.add(claim(work, token++));
    }
    return batch;
  }

  private static void requireSame(List<ReadyWork> ready, List<ClaimedWork> works) {
    for (int i = 0; i < ready.size(); i++) {
      if (i >= works.size() || works.get(i).id() != ready.get(i).id()) {
        throw new ChangedMeanwhileException("work " + ready.get(i).id() + " was ready, and is not");
      }
    }
  }

  private Claim claim(ClaimedWork work) {
    return claim(work, tokens.next(tx, 1, lastToken(work)));
  }

  private Claim claim(ClaimedWork work, long token) {
    if (work.lane() != null) {
      locks.laneGranted(tx, queue, work.lane(), token);
    }
    return terms.claim(work, token);
  }

  /** Returns the largest token so far of the work and of its lane. */
  private long lastToken(ClaimedWork work) {
    return work.lane() == null
        ? work.token()
        : Math.max(work.token(), locks.lane(tx, queue, work.lane()));
  }

  /** Whether it has claimed nothing because more is due than it promotes; the next step goes on. */
  boolean isUnfinished() {
    return unfinished;
  }

  /** Returns the number of rounds that have been made to fill the batch. */
  int filled() {
    return filled;
  }

  /**
   * Returns the work that one batch takes. Work with a lapsed claim is alone in its batch: it may
   * have killed its process; if it does so again, all claims of the batch lapse.
   */
  private static List<ReadyWork> startOf(List<ReadyWork> ready) {
    ByteBudget budget = new ByteBudget();
    int end = 0;
    for (ReadyWork work : ready) {
      boolean alone = work.lapses() > 0;
      if ((alone && end > 0) || !budget.takes(work.payloadBytes())) {
        break;
      }
      end++;
      if (alone) {
        break;
      }
    }
    return ready.subList(0, end);
  }

  /**
   * Returns the next work in dequeue order, after at least one round if work is due; null if no
   * work is READY.
   */
  private @Nullable Long promoteUntilReady() {
    NextId next = nextId();
    while (next.othersDue() && roundsLeft > 0 && (next.id() == null || !promoted)) {
      next = round();
    }
    unfinished = next.id() == null && next.othersDue();
    return next.id();
  }

  /**
   * If one round was not enough, promotes more work, up to the size of the batch. Returns false if
   * the next step has to continue.
   */
  private boolean fill(int max) {
    // The number of rounds is bounded, because a round may make no work READY: the work that it
    // promotes may be behind other work in its lane.
    int most = promoted ? max / PromoteDue.ROUND_MAX : 0;
    while (filled < most && dao.countReady(queue, max) < max && nextId().othersDue()) {
      filled++;
      if (roundsLeft == 0) {
        unfinished = true;
        return false;
      }
      var unused = round();
    }
    return true;
  }

  private NextId round() {
    promote.round();
    promoted = true;
    roundsLeft--;
    return nextId();
  }

  private NextId nextId() {
    return dao.nextId(queue, nowMs).orElseThrow();
  }
}

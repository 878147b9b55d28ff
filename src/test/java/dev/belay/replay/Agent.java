package dev.belay.replay;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.WorkContext;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.ClaimLost;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.LeaseLost;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Parent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * A process that does turns for as long as its parent wants it to. It may be killed or frozen at
 * any instant: it keeps nothing that it cannot find again in the store.
 *
 * <ol>
 *   <li>It claims a turn, leases its session and asks the model, which fails now and then.
 *   <li>It commits the turn's events, the end of this work, the work for the next turn and the end
 *       of the lease: all in one commit.
 * </ol>
 *
 * <p>Now and then it sends a commit again as if the answer had been lost, which must be a replay,
 * or commits to a revision that the session has not come to, which must be a conflict.
 *
 * <p>Safe for use by many threads; one handles turns, one listens, one reports.
 */
final class Agent implements WorkHandler {
  /** So long a turn waits when its agent has died. */
  static final Duration CLAIM_TTL = Duration.ofSeconds(2);

  /** What the failures of the model leave behind; any other error is a bug. */
  static final String MODEL_DOWN = "the model is down";

  /** What agent and parent say to each other, besides the status. */
  static final String DIFFERENCE = "difference ";

  static final String STOPPED = "stopped";
  static final String GO_ON = "go on";
  static final String FINISH = "finish";

  /** Kept: a logger that nobody refers to forgets its level. */
  private static final Logger LOGGER = Logger.getLogger("dev.belay");

  private static final Duration LEASE_WAIT = Duration.ofMillis(250);
  private static final long STATUS_INTERVAL_MS = 100;
  private static final int ONE_FAILURE_IN = 40;
  private static final int ONE_REPLAY_IN = 16;
  private static final int ONE_CONFLICT_IN = 16;

  private final Belay belay;
  private final WorkQueue queue;
  private final Map<String, Transcript> transcripts;
  private final String name;
  private final Random random;
  private final Parent parent;

  private final AtomicReference<Moment> struckAt = new AtomicReference<>(Moment.ANYWHERE);
  private final Semaphore goOn = new Semaphore(0);
  private final CountDownLatch finish = new CountDownLatch(1);
  private AgentStatus status = AgentStatus.NONE;

  private Agent(
      Belay belay, Map<String, Transcript> transcripts, int number, Random random, Parent parent) {
    this.belay = belay;
    this.queue = AgentTurn.queue(belay);
    this.transcripts = transcripts;
    this.name = "agent-" + number;
    this.random = random;
    this.parent = parent;
  }

  /** Arguments: the address of the store, the folder, the number of the agent, a seed. */
  public static void main(String[] args) throws InterruptedException {
    Map<String, Transcript> transcripts =
        Transcript.readFolder(Path.of(args[1])).stream()
            .collect(Collectors.toMap(Transcript::name, Function.identity()));
    Random random = new Random(Long.parseLong(args[3]));
    // A frozen agent is warned of what the job does to it on purpose; the job counts that.
    LOGGER.setLevel(Level.SEVERE);
    Parent parent = new Parent();
    try (Belay belay = ReplayStore.open(args[0])) {
      Agent agent = new Agent(belay, transcripts, Integer.parseInt(args[2]), random, parent);
      parent.listen(agent::listen);
      Worker worker = agent.queue.worker(agent).name(agent.name).ttl(CLAIM_TTL).start();
      agent.reportUntilFinish();
      worker.close();
      agent.report();
    }
  }

  private void listen(String line) {
    switch (line) {
      case GO_ON -> goOn.release();
      case FINISH -> finish.countDown();
      default -> struckAt.set(Moment.valueOf(line));
    }
  }

  private void reportUntilFinish() throws InterruptedException {
    do {
      report();
    } while (!finish.await(STATUS_INTERVAL_MS, TimeUnit.MILLISECONDS));
  }

  @Override
  public void handle(Claim claim, WorkContext context) throws InterruptedException {
    add(AgentStatus.one(Count.COMMITS)); // the claim
    AgentTurn turn = AgentTurn.of(claim.payload(), transcripts);
    Moment moment = struckAt.getAndSet(Moment.ANYWHERE);
    Optional<Lease> lease =
        timed(() -> belay.leases().acquire(turn.sessionId(), name, moment.leaseTtl())).granted();
    if (lease.isEmpty()) {
      struckAt.compareAndSet(Moment.ANYWHERE, moment); // another turn will do
      timed(() -> queue.defer(claim, claim.claimedAt().plus(LEASE_WAIT)));
      add(AgentStatus.one(Count.DEFERRALS));
    } else if (moment == Moment.ANYWHERE && oneIn(ONE_FAILURE_IN)) {
      timed(() -> giveUp(claim, lease.get()));
      add(AgentStatus.one(Count.RETRIES));
    } else {
      commit(claim, lease.get(), turn, moment);
    }
  }

  /** The model has failed: the turn is tried again later, and the session is free until then. */
  private boolean giveUp(Claim claim, Lease lease) {
    return belay.write(
        tx -> {
          queue.fail(tx, claim, MODEL_DOWN);
          return belay.leases().release(tx, lease);
        });
  }

  private void commit(Claim claim, Lease lease, AgentTurn turn, Moment moment)
      throws InterruptedException {
    if (oneIn(ONE_CONFLICT_IN)) {
      commitTooEarly(lease, turn);
    }
    SessionCommit commit =
        SessionCommit.to(turn.sessionId(), turn.number())
            .operation(turn.operationId())
            .append(turn.events())
            .complete(claim, Long.toString(claim.token()))
            .enqueue(AgentTurn.QUEUE, turn.next().map(AgentTurn::toWork).stream().toList())
            .releasing(lease);
    if (moment == Moment.BEFORE_COMMIT || moment.isFreeze()) {
      awaitStrike();
    }
    CommitOutcome outcome = timed(() -> belay.sessions().commit(commit));
    if (moment == Moment.AFTER_COMMIT) {
      awaitStrike();
    }
    if (outcome instanceof Committed committed) {
      add(AgentStatus.one(committed.replayed() ? Count.REPLAYS : Count.TURNS));
      if (moment.isFreeze() && !committed.replayed()) {
        differ(turn, "was committed " + moment);
      }
      if (oneIn(ONE_REPLAY_IN)) {
        commitAgain(commit, committed, turn);
      }
    } else {
      refused(outcome, claim, lease, turn, moment);
    }
  }

  private void refused(
      CommitOutcome outcome, Claim claim, Lease lease, AgentTurn turn, Moment moment) {
    if (outcome instanceof LeaseLost) {
      add(AgentStatus.one(Count.LEASES_LOST));
      timed(() -> queue.release(claim));
    } else if (outcome instanceof ClaimLost) {
      add(AgentStatus.one(Count.CLAIMS_LOST));
      timed(() -> belay.leases().release(lease));
    } else {
      differ(turn, "was refused with " + outcome.getClass().getSimpleName());
    }
    if (moment.isFreeze()) {
      add(AgentStatus.one(Count.LATE_COMMITS_REFUSED));
    }
  }

  private void commitTooEarly(Lease lease, AgentTurn turn) {
    SessionCommit early =
        SessionCommit.to(turn.sessionId(), turn.number() + 1).fencedBy(lease).state("early");
    CommitOutcome outcome = timed(() -> belay.sessions().commit(early));
    if (outcome instanceof RevisionConflict) {
      add(AgentStatus.one(Count.CONFLICTS));
    } else if (outcome instanceof Committed) {
      differ(turn, "was overtaken");
    }
  }

  private void commitAgain(SessionCommit commit, Committed first, AgentTurn turn) {
    CommitOutcome again = timed(() -> belay.sessions().commit(commit));
    add(AgentStatus.one(Count.REPLAYS));
    Committed replay =
        new Committed(first.revision(), first.firstSeq(), first.lastSeq(), first.enqueued(), true);
    if (!again.equals(replay)) {
      differ(turn, "was answered otherwise the second time");
    }
  }

  /** Says that it stands there, and stands until it is told to go on, if it lives to hear that. */
  private void awaitStrike() throws InterruptedException {
    parent.say(STOPPED);
    goOn.acquire();
  }

  private <T> T timed(Supplier<T> write) {
    long startNs = System.nanoTime();
    T result = write.get();
    add(AgentStatus.write(System.nanoTime() - startNs));
    return result;
  }

  private boolean oneIn(int many) {
    return random.nextInt(many) == 0;
  }

  private void differ(AgentTurn turn, String what) {
    parent.say(DIFFERENCE + turn.sessionId() + ": turn " + turn.number() + " " + what);
  }

  private synchronized void add(AgentStatus more) {
    status = status.plus(more);
  }

  private synchronized void report() {
    parent.say(status.toLine());
  }
}

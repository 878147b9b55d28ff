package dev.belay.kit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.Kill;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.kit.crash.KilledChild.Act;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Acquisition.Held;
import dev.belay.lease.Displaced;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import dev.belay.testing.Notes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A process that is killed in the middle, in each way that the form knows.
 *
 * <p>Goal: what it had committed stays, nothing of what it had begun does, and nothing waits for it
 * for longer than the ttl of what it held.
 */
@NeedsSharing
@OnEachForm(slow = true)
class KilledProcessCrashTest {
  private static final int ROUNDS = Effort.of(3, 40);
  private static final int TURNS_BEFORE_KILL_MAX = 60;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  private final Random random = new Random(12);

  @Test
  void a_killed_holders_claims_and_lease_lapse_and_its_work_is_claimed_again_in_order() {
    for (Kill kill : store.form().kills()) {
      Belay belay = store.startOver();
      WorkQueue queue = belay.queue(KilledChild.QUEUE);
      queue.enqueue(NewWork.of("first").withLane(KilledChild.LANE));
      queue.enqueue(NewWork.of("second").withLane(KilledChild.LANE));
      killed(kill, Act.HOLD, "holding");

      WorkLine head = queue.lane(KilledChild.LANE, 1).get(0);
      Claim dead = queue.find(head.id()).orElseThrow().claim().orElseThrow();
      Lease held = belay.leases().find(KilledChild.LEASE).orElseThrow();
      assertThat(queue.claim("next", KilledChild.TTL)).as(kill.name()).isEmpty();
      assertThat(belay.leases().acquire(KilledChild.LEASE, "next", KilledChild.TTL))
          .isInstanceOf(Held.class);

      Belay later = later();
      WorkQueue again = later.queue(KilledChild.QUEUE);
      Claim first = again.claim("next", KilledChild.TTL).orElseThrow();
      assertThat(first.payload()).isEqualTo("first");
      assertThat(first.attempt()).isEqualTo(2);
      assertThat(first.token()).isGreaterThan(dead.token());
      assertThat(again.complete(dead)).isEqualTo(Settlement.CLAIM_LOST);
      assertThat(again.complete(first)).isEqualTo(Settlement.SETTLED);
      assertThat(again.claim("next", KilledChild.TTL).orElseThrow().payload()).isEqualTo("second");
      Granted granted =
          (Granted) later.leases().acquire(KilledChild.LEASE, "next", KilledChild.TTL);
      assertThat(granted.displaced())
          .isEqualTo(new Displaced("killed", held.token(), held.expiresAt()));
      assertThat(granted.lease().token()).isGreaterThan(held.token());
    }
  }

  @Test
  void of_a_killed_writers_half_transaction_nothing_is_left_and_nobody_waits_for_it() {
    for (Kill kill : store.form().kills()) {
      Belay belay = store.startOver();
      store.createNotes(belay);
      killed(kill, Act.WRITE, "writing");

      assertThat(Notes.all(belay)).as(kill.name()).isEmpty();
      assertThat(belay.queues()).isEmpty();
      assertThat(belay.leases().find(KilledChild.LEASE)).isEmpty();
      assertThat(belay.sessions().find(KilledChild.SESSION)).isEmpty();

      belay.useWrite(tx -> Notes.add(tx, "half"));
      NewWork work = NewWork.of("whole").withKey("half").withLane(KilledChild.LANE);
      assertThat(belay.queue(KilledChild.QUEUE).enqueue(work).workId()).isPositive();
      assertThat(belay.leases().acquire(KilledChild.LEASE, "next", KilledChild.TTL).granted())
          .isPresent();
      SessionCommit commit =
          SessionCommit.to(KilledChild.SESSION).append(NewEvent.of("message", "whole"));
      assertThat(belay.sessions().commit(commit.operation("half")).orThrow().replayed()).isFalse();
    }
  }

  @Test
  void a_commit_of_a_killed_process_is_there_as_a_whole_with_its_receipt_or_not_at_all() {
    for (Kill kill : store.form().kills()) {
      Belay belay = store.startOver();
      int turns = 0;
      for (int round = 0; round < ROUNDS; round++) {
        int acknowledged = takeTurns(kill, turns + 1);
        for (int number = turns + 1; number <= acknowledged; number++) {
          assertThat(resent(belay, number).replayed()).as("%s, %s", kill.name(), number).isTrue();
        }
        turns = acknowledged + 1;
        assertThat(resent(belay, turns).firstSeq()).isEqualTo(2L * turns - 1);

        assertWhole(belay, turns);
      }
    }
  }

  /** Has a process take turns from that one on, and returns the last that it has acknowledged. */
  private int takeTurns(Kill kill, int first) {
    int last = first - 1;
    try (ChildJvm child = start(Act.TAKE_TURNS, first)) {
      for (int turns = 1 + random.nextInt(TURNS_BEFORE_KILL_MAX); turns > 0; turns--) {
        last = Integer.parseInt(child.readLine());
      }
      kill.strike(child, store.address());
      child.kill();
      for (String line : child.remainingLines()) {
        last = Integer.parseInt(line);
      }
    }
    return last;
  }

  private static Committed resent(Belay belay, int number) {
    return belay.sessions().commit(KilledChild.turn(number)).orThrow();
  }

  private static void assertWhole(Belay belay, int turns) {
    List<String> events = new ArrayList<>();
    for (int number = 1; number <= turns; number++) {
      events.add("question of turn " + number);
      events.add("answer of turn " + number);
    }
    assertThat(belay.sessions().history(KilledChild.SESSION))
        .extracting(event -> event.type() + " " + event.payload())
        .isEqualTo(events);
    assertThat(belay.sessions().history(KilledChild.SESSION))
        .extracting(SessionEvent::seq)
        .isSorted();
    assertThat(belay.sessions().find(KilledChild.SESSION).orElseThrow().revision())
        .isEqualTo(turns);
    assertThat(belay.queue(KilledChild.QUEUE).stats().ready()).isEqualTo(turns);
  }

  /** Starts a process, and kills it when it says that it is in the middle. */
  private void killed(Kill kill, Act act, String middle) {
    try (ChildJvm child = start(act, 1)) {
      child.expect(middle);
      kill.strike(child, store.address());
    }
  }

  private ChildJvm start(Act act, int first) {
    return store.child(KilledChild.class, act, first).start();
  }

  /** A handle for which the time to live of all that the process held is over. */
  private Belay later() {
    InstantSource clock =
        InstantSource.offset(InstantSource.system(), KilledChild.TTL.multipliedBy(2));
    return store.another(options -> options.withClock(clock));
  }
}

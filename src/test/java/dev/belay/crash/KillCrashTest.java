package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.Session;
import dev.belay.session.SessionEvent;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.Durability;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Effort;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a process may die at any instant, with several writes in one commit. What it had
 * acknowledged stays, what it had not is there as a whole or not at all.
 *
 * <p>Method: four threads of a process say when they are inside a transaction and when they have
 * been acknowledged. It is killed right after one of these lines or a moment later, again and again
 * on the same store, in both durabilities. After each kill the store is opened and its rows are
 * counted: of each thread the one turn that may have been in flight may be there or not, but no
 * part of one. It goes on until a kill has met several writes that wait for one commit, however
 * many rounds that takes on this machine.
 */
@NeedsSharing
@OnEachForm(slow = true)
class KillCrashTest {
  private static final int ROUNDS = Effort.of(5, 50);
  private static final int WRITERS = 4;
  private static final int LINES_BEFORE_KILL_MAX = 240;
  private static final long KILL_DELAY_MAX_NS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int KILLED = 137;

  /** How many writes must have waited for their commit when a kill has met it. */
  private static final int WAITING = TestOptions.commitGroupMax() > 1 ? 2 : 1;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  private final Random random = new Random(99);
  private long waitingMax;

  @ParameterizedTest
  @EnumSource
  void acknowledged_turns_stay_and_no_half_turn_does(Durability durability) {
    store.execute(TurnWriter.HOST_TABLE);
    store.belay().close();
    ChildCommand command = store.child(TurnWriter.class, durability, WRITERS);
    long[] turns = new long[WRITERS];
    ChildJvm next = command.start();
    try {
      Patience patience = Patience.begin();
      for (int round = 0; round < ROUNDS || waitingMax < WAITING; round++) {
        boolean aimed = round >= ROUNDS;
        if (aimed) {
          patience.check(() -> "no kill has met " + WAITING + " writes that wait for one commit");
        } else {
          patience = Patience.begin();
        }
        // The next one starts up meanwhile; it leaves the file alone until it is told.
        try (ChildJvm present = next) {
          next = command.start();
          TurnTally tally = new TurnTally(turns);
          writeAndKill(present, tally, aimed);
          turns = wholeTurns();
          for (int i = 0; i < turns.length; i++) {
            assertThat(turns[i]).isBetween(tally.acknowledged(i), tally.acknowledged(i) + 1);
          }
        }
      }
    } finally {
      next.close();
    }
    if (store.form() == SqliteEngine.FILE) {
      assertThat(store.rows("PRAGMA integrity_check")).containsExactly("ok");
    }
  }

  /** Kills after some lines; if {@code aimed} also only when it hears that the case is met. */
  private void writeAndKill(ChildJvm writer, TurnTally tally, boolean aimed) {
    writer.expect("ready");
    writer.send("go");
    Patience patience = Patience.begin();
    int lines = 1 + random.nextInt(LINES_BEFORE_KILL_MAX);
    while (lines > 0 || (aimed && tally.waiting() < WAITING)) {
      patience.check(() -> "no " + WAITING + " writes have waited for one commit");
      tally.hear(writer.readLine());
      lines--;
    }
    if (!aimed && random.nextBoolean()) {
      LockSupport.parkNanos(random.nextLong(KILL_DELAY_MAX_NS));
    }
    writer.kill();
    assertThat(writer.awaitExit()).isEqualTo(KILLED);
    // What it said before it died counts, read or not.
    writer.remainingLines().forEach(tally::hear);
    waitingMax = Math.max(waitingMax, tally.waiting());
  }

  /** How many turns the store holds of each thread, each as a whole. */
  private long[] wholeTurns() {
    long[] turns = new long[WRITERS];
    try (Belay belay = store.another()) {
      for (int writer = 0; writer < turns.length; writer++) {
        turns[writer] = wholeTurns(belay, writer);
      }
    }
    return turns;
  }

  private static long wholeTurns(Belay belay, int writer) {
    String id = TurnWriter.session(writer);
    long turns = belay.sessions().find(id).map(Session::revision).orElse(0L);
    List<SessionEvent> history = belay.sessions().history(id);
    assertThat(history).hasSize(Math.toIntExact(turns * TurnWriter.EVENTS_PER_TURN));
    for (int i = 0; i < history.size(); i++) {
      SessionEvent event = history.get(i);
      assertThat(event.seq()).isEqualTo(i + 1);
      assertThat(event.payload()).isEqualTo(TurnWriter.payload(i / TurnWriter.EVENTS_PER_TURN + 1));
    }
    List<Long> rows =
        belay.read(
            tx ->
                tx.handle()
                    .createQuery("SELECT count(*) FROM host WHERE writer = ? GROUP BY turn")
                    .bind(0, writer)
                    .mapTo(Long.class)
                    .list());
    assertThat(rows)
        .hasSize(Math.toIntExact(turns))
        .allMatch(count -> count == TurnWriter.ROWS_PER_TURN);
    return turns;
  }
}

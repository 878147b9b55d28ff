package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.Session;
import dev.belay.session.SessionEvent;
import dev.belay.store.Durability;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a process may die at any instant. What it had acknowledged stays, what it had not is there
 * as a whole or not at all.
 *
 * <p>Method: a writer says when it is inside a transaction and when it has been acknowledged. It is
 * killed right after one of these lines or a moment later, fifty times on the same file, in turn
 * with both durabilities. After each kill the file is opened and its rows are counted: the one turn
 * that may have been in flight may be there or not, but no part of one.
 */
class KillCrashTest {
  private static final int ROUNDS = 50;
  private static final int LINES_BEFORE_KILL_MAX = 60;
  private static final long KILL_DELAY_MAX_NS = TimeUnit.MILLISECONDS.toNanos(2);

  @TempDir private Path directory;

  private final Random random = new Random(99);
  private int killedInside;

  @Test
  void acknowledged_turns_stay_and_no_half_turn_does() throws SQLException {
    Path file = directory.resolve("store.db");
    PlainSqlite.execute(file, TurnWriter.HOST_TABLE);
    long turns = 0;
    ChildJvm writer = start(file, 0);
    for (int round = 0; round < ROUNDS; round++) {
      // The next one starts up meanwhile; it leaves the file alone until it is told.
      try (ChildJvm present = writer) {
        writer = start(file, round + 1);
        long acknowledged = Math.max(turns, writeAndKill(present));
        turns = assertWholeTurns(file);
        assertThat(turns).isBetween(acknowledged, acknowledged + 1);
      }
    }
    writer.close();
    assertThat(PlainSqlite.row(file, "PRAGMA integrity_check")).isEqualTo("ok");
    // Else no kill has met an open transaction, and the test has shown little.
    assertThat(killedInside).isPositive();
  }

  private static ChildJvm start(Path file, int round) {
    Durability[] durabilities = Durability.values();
    return ChildCommand.of(TurnWriter.class, file, durabilities[round % durabilities.length])
        .start();
  }

  /** Returns the last turn that {@code writer} has acknowledged, 0 if none. */
  private long writeAndKill(ChildJvm writer) {
    writer.expect("ready");
    writer.send("go");
    String last = writer.readLine();
    long acknowledged = TurnWriter.acknowledged(last);
    for (int lines = random.nextInt(LINES_BEFORE_KILL_MAX); lines > 0; lines--) {
      last = writer.readLine();
      acknowledged = Math.max(acknowledged, TurnWriter.acknowledged(last));
    }
    if (random.nextBoolean()) {
      LockSupport.parkNanos(random.nextLong(KILL_DELAY_MAX_NS));
    }
    writer.kill();
    // What it said before it died counts, read or not.
    for (String line : writer.remainingLines()) {
      last = line;
      acknowledged = Math.max(acknowledged, TurnWriter.acknowledged(last));
    }
    if (last.startsWith("inside ")) {
      killedInside++;
    }
    return acknowledged;
  }

  /** Returns how many turns {@code file} holds, each as a whole. */
  private static long assertWholeTurns(Path file) throws SQLException {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      Optional<Session> session = belay.sessions().find(TurnWriter.SESSION);
      long turns = session.map(Session::revision).orElse(0L);
      List<SessionEvent> history = belay.sessions().history(TurnWriter.SESSION);
      assertThat(history).hasSize(Math.toIntExact(turns * TurnWriter.EVENTS_PER_TURN));
      for (int i = 0; i < history.size(); i++) {
        SessionEvent event = history.get(i);
        assertThat(event.seq()).isEqualTo(i + 1);
        assertThat(event.payload())
            .isEqualTo(TurnWriter.payload(i / TurnWriter.EVENTS_PER_TURN + 1));
      }
      List<Long> rows =
          belay
              .tx()
              .read(
                  tx ->
                      tx.handle()
                          .createQuery("SELECT count(*) FROM host GROUP BY turn ORDER BY turn")
                          .mapTo(Long.class)
                          .list());
      assertThat(rows)
          .hasSize(Math.toIntExact(turns))
          .allMatch(count -> count == TurnWriter.ROWS_PER_TURN);
      return turns;
    }
  }
}

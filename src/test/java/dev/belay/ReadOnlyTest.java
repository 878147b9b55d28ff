package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.crash.TurnWriter;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.Durability;
import dev.belay.store.StoreException;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Commands;
import dev.belay.testing.FileState;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a read-only handle reads everything and changes nothing.
 *
 * <p>Method: the files are looked at, byte for byte, before and after. They are read with Java's
 * own means only while this process has no connection to them: closing such a file would drop
 * SQLite's locks.
 */
class ReadOnlyTest {
  private static final String SESSION = TurnWriter.SESSION;
  private static final SessionCommit FIRST =
      SessionCommit.to(SESSION, 0).append(NewEvent.of("user", "hello"));

  @TempDir private Path directory;

  @Test
  void reading_leaves_size_time_and_bytes_as_they_were() throws IOException {
    Path file = closedStore();
    FileState before = FileState.of(file);

    try (Belay belay = Belay.openReadOnly(file)) {
      assertThat(belay.sessions().history(SESSION)).hasSize(1);
    }

    assertThat(FileState.of(file)).isEqualTo(before);
  }

  @Test
  void reading_what_a_dead_writer_left_in_the_log_leaves_file_and_log_as_they_were()
      throws Exception {
    Path file = directory.resolve("store.db");
    Path log = directory.resolve("store.db-wal");
    long acknowledged = leaveByDeadWriter(file);
    FileState fileBefore = FileState.of(file);
    FileState logBefore = FileState.of(log);
    assertThat(Files.size(log)).isPositive();

    try (Belay belay = Belay.openReadOnly(file)) {
      assertThat(revision(belay)).isGreaterThanOrEqualTo(acknowledged);
    }

    assertThat(FileState.of(file)).isEqualTo(fileBefore);
    assertThat(FileState.of(log)).isEqualTo(logBefore);
  }

  @Test
  void reading_a_closed_store_leaves_an_empty_log_and_its_index_beside_it() throws IOException {
    Path file = closedStore();
    assertThat(states()).containsOnlyKeys(file);

    Belay.openReadOnly(file).close();

    // SQLite needs both to read a file in WAL mode; the next writer to close removes them.
    Map<Path, FileState> states = states();
    Path log = directory.resolve("store.db-wal");
    assertThat(states).containsOnlyKeys(file, log, directory.resolve("store.db-shm"));
    assertThat(states.get(log)).extracting(FileState::size).isEqualTo(0L);
    Belay.open(file, TestOptions.defaults()).close();
    assertThat(states()).containsOnlyKeys(file);
  }

  @Test
  void reads_see_the_commits_of_a_writer_in_another_process_as_they_come() throws Exception {
    Path file = directory.resolve("store.db");
    PlainSqlite.execute(file, TurnWriter.HOST_TABLE);
    try (ChildJvm writer = startWriter(file)) {
      // The file must have been made before it can be opened for reading.
      long acknowledged = TurnWriter.acknowledged(writer.readLine());
      while (acknowledged < 1) {
        acknowledged = TurnWriter.acknowledged(writer.readLine());
      }
      try (Belay belay = Belay.openReadOnly(file)) {
        for (int look = 0; look < 200; look++) {
          long seen = revision(belay);
          assertThat(seen).isGreaterThanOrEqualTo(acknowledged);
          // Every turn that the head counts is there, and so are all of its events.
          long lastSeq = seen * TurnWriter.EVENTS_PER_TURN;
          assertThat(belay.sessions().events(SESSION, lastSeq - 1, 1))
              .extracting(SessionEvent::payload)
              .containsExactly(TurnWriter.payload(seen));
          acknowledged = Math.max(acknowledged, TurnWriter.acknowledged(writer.readLine()));
        }
      }
    }
  }

  @Test
  void every_write_is_refused_and_nothing_is_written() throws IOException {
    Path file = closedStore();
    FileState before = FileState.of(file);
    try (Belay belay = Belay.openReadOnly(file)) {
      Map<String, ThrowingCallable> writes = new LinkedHashMap<>();
      writes.put("commit", () -> belay.sessions().commit(SessionCommit.to("other", 0)));
      writes.put("delete", () -> belay.sessions().delete(SESSION));
      writes.put("write", () -> belay.write(ReadOnlyTest::delete));
      writes.put("useWrite", () -> belay.useWrite(ReadOnlyTest::delete));
      writes.put("writeFlow", () -> belay.tx().writeFlow(tx -> TxOutcome.commit(delete(tx))));
      writes.put("writeAsync", () -> belay.tx().writeAsync(ReadOnlyTest::delete).join());
      writes.put(
          "writeFlowAsync",
          () -> belay.tx().writeFlowAsync(tx -> TxOutcome.commit(delete(tx))).join());
      writes.put("read", () -> belay.read(ReadOnlyTest::delete));
      writes.put("call", () -> belay.tx().call(ReadOnlyTest::delete));

      writes.forEach(
          (verb, write) -> {
            Throwable failure = catchThrowable(write);
            assertThat(failure instanceof CompletionException ? failure.getCause() : failure)
                .as(verb)
                .isInstanceOf(StoreReadOnlyException.class)
                .hasMessageContaining(file.toString());
          });
      // A verb on the Tx of a read is refused before it comes to any statement.
      assertThatIllegalStateException()
          .isThrownBy(() -> belay.read(tx -> belay.sessions().commit(tx, FIRST)));
      assertThat(belay.sessions().history(SESSION)).hasSize(1);
    }
    assertThat(FileState.of(file)).isEqualTo(before);
  }

  @Test
  void a_missing_file_is_an_error_and_is_not_created() throws IOException {
    Path missing = directory.resolve("missing.db");

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Belay.openReadOnly(missing).close())
        .withMessageContaining(missing.toString());

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void a_file_that_may_not_be_written_can_be_read() throws IOException {
    Path file = closedStore();
    setMode(file, "r--------");
    List<String> wrapper = whereWritingIsForbidden(file);
    FileState before = FileState.of(file);

    try (ChildJvm child = ChildCommand.of(ProbeChild.class).withWrapper(wrapper).start()) {
      assertThat(child.ask("read " + file)).isEqualTo("revision 1");
      assertThat(child.ask("commit " + file)).startsWith("Store").contains(file.toString());
    }

    assertThat(FileState.of(file)).isEqualTo(before);
  }

  @Test
  void a_directory_that_may_not_be_written_is_enough_while_the_sidecars_are_there()
      throws Exception {
    Path file = directory.resolve("store.db");
    long acknowledged = leaveByDeadWriter(file);

    String answer = askWhereWritingIsForbidden(file);

    assertThat(answer).startsWith("revision ");
    assertThat(Long.parseLong(answer.substring("revision ".length())))
        .isGreaterThanOrEqualTo(acknowledged);
  }

  @Test
  void without_sidecars_a_directory_that_may_not_be_written_is_an_error_that_says_so()
      throws IOException {
    // SQLite could be told that the file never changes, but then a writer would go unnoticed.
    Path file = closedStore();

    assertThat(askWhereWritingIsForbidden(file)).startsWith("Store").contains(file.toString());
  }

  /** The answer to reading {@code file} where neither any file nor the directory may be written. */
  private String askWhereWritingIsForbidden(Path file) throws IOException {
    Map<Path, FileState> before = states();
    for (Path each : before.keySet()) {
      setMode(each, "r--------");
    }
    setMode(directory, "r-x------");
    try {
      List<String> wrapper = whereWritingIsForbidden(file);
      try (ChildJvm child = ChildCommand.of(ProbeChild.class).withWrapper(wrapper).start()) {
        String answer = child.ask("read " + file);
        child.kill();
        assertThat(states()).isEqualTo(before);
        return answer;
      }
    } finally {
      setMode(directory, "rwx------");
    }
  }

  private List<String> whereWritingIsForbidden(Path file) {
    List<String> wrapper = Commands.obeyingPermissions();
    assumeTrue(
        !Commands.succeeds(wrapper, "sh", "-c", "exec 3>>\"$0\"", file.toString()),
        "needs a user whom file permissions bind");
    return wrapper;
  }

  /** Has a writer die at work, and returns the last turn that it had acknowledged, at least. */
  private static long leaveByDeadWriter(Path file) throws SQLException {
    PlainSqlite.execute(file, TurnWriter.HOST_TABLE);
    try (ChildJvm writer = startWriter(file)) {
      long acknowledged = 0;
      while (acknowledged < 20) {
        acknowledged = TurnWriter.acknowledged(writer.readLine());
      }
      writer.kill();
      return acknowledged;
    }
  }

  private static ChildJvm startWriter(Path file) {
    ChildJvm writer =
        SqliteEngine.FILE
            .process(file.toString(), TurnWriter.class, Durability.PROCESS_CRASH, 1)
            .start();
    writer.expect("ready");
    writer.send("go");
    return writer;
  }

  private Path closedStore() {
    Path file = directory.resolve("store.db");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      belay.sessions().commit(FIRST).orThrow();
    }
    return file;
  }

  private static long revision(Belay belay) {
    return belay.sessions().find(SESSION).map(Session::revision).orElse(0L);
  }

  private static int delete(Tx tx) {
    return tx.handle().execute("DELETE FROM belay_session_event");
  }

  private Map<Path, FileState> states() throws IOException {
    Map<Path, FileState> states = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        states.put(file, FileState.of(file));
      }
    }
    return states;
  }

  private static void setMode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}

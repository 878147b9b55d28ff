package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.NewWork;
import dev.belay.session.SessionCommit;
import dev.belay.store.SchemaTooNewException;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Notes;
import dev.belay.testing.NotingChild;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Goal: a store that is open acknowledges no write on a schema that it does not know. Method:
 * stores are open, in this JVM and in another, when a newer Belay migrates their file. A write that
 * is asked for a second later is refused, by whatever verb.
 */
class SchemaMovedTest {
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final String NEWER =
      "INSERT INTO belay_schema_history (installed_rank, version, description, type, script,"
          + " checksum, installed_by, execution_time, success)"
          + " VALUES (9998, '9998', 'newer', 'SQL', 'V9998__newer.sql', 1, '', 0, 1)";

  /** What writes. */
  record Verb(String name, Consumer<Belay> write) {
    /** What it fails with, null if it does not. */
    @Nullable SchemaTooNewException refusal(Belay belay) {
      try {
        write.accept(belay);
        return null;
      } catch (SchemaTooNewException e) {
        return e;
      }
    }
  }

  static final List<Verb> VERBS =
      List.of(
          new Verb("write", belay -> belay.useWrite(tx -> Notes.add(tx, text()))),
          new Verb("write of nothing", belay -> belay.useWrite(tx -> {})),
          new Verb("writeFlow", belay -> belay.tx().writeFlow(SchemaMovedTest::flow)),
          new Verb("writeAsync", belay -> join(belay.tx().writeAsync(SchemaMovedTest::row))),
          new Verb(
              "writeFlowAsync", belay -> join(belay.tx().writeFlowAsync(SchemaMovedTest::flow))),
          new Verb("call", belay -> belay.tx().call(SchemaMovedTest::row)),
          new Verb("callAsync", belay -> join(belay.tx().callAsync(SchemaMovedTest::row))),
          new Verb(
              "commit",
              belay -> belay.sessions().commit(SessionCommit.to(text(), 0).state("s")).orThrow()),
          new Verb("enqueue", belay -> belay.queue("q").enqueue(NewWork.of("w"))),
          new Verb(
              "acquire",
              belay -> belay.leases().acquire(text(), "me", Duration.ofMinutes(1)).granted()));

  @TempDir private Path dir;
  private Path file;

  @BeforeEach
  void create() {
    file = dir.resolve("belay.db");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      SqliteNotes.create(belay);
    }
  }

  @ParameterizedTest
  @FieldSource("VERBS")
  void a_store_that_is_open_writes_nothing_to_a_newer_schema(Verb verb) throws Exception {
    for (int groupMax : new int[] {1, 64}) {
      BelayOptions options = TestOptions.defaults().withCommitGroupMax(groupMax);
      try (Belay one = Belay.open(file, options);
          Belay two = Belay.open(file, options)) {
        assertThat(verb.refusal(one)).isNull();
        assertThat(verb.refusal(two)).isNull();
        PlainSqlite.execute(file, "CREATE TABLE belay_newer (a)", NEWER);
        long migrated = System.nanoTime();

        requireRefused(verb, one, migrated);
        requireRefused(verb, two, migrated);
        String before = rows();
        assertThat(verb.refusal(one)).isNotNull();
        assertThat(verb.refusal(two)).isNotNull();
        assertThat(rows()).isEqualTo(before);
        assertThat(one.sessions().find("nobody")).isEmpty(); // reading goes on
      }
      PlainSqlite.execute(
          file,
          "DELETE FROM belay_schema_history WHERE version = '9998'",
          "DROP TABLE belay_newer");
    }
  }

  @Test
  void a_newer_migration_that_changes_rows_alone_is_noticed_too() throws Exception {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      assertThat(VERBS.get(0).refusal(belay)).isNull();
      PlainSqlite.execute(file, NEWER);

      requireRefused(VERBS.get(0), belay, System.nanoTime());
    }
  }

  @Test
  void another_process_that_has_the_file_open_is_refused_too() throws Exception {
    try (ChildJvm child = ChildCommand.of(NotingChild.class, file).start()) {
      child.expect("opened");
      assertThat(child.ask("first")).isEqualTo("added");
      PlainSqlite.execute(file, "CREATE TABLE belay_newer (a)", NEWER);
      Patience.until(
          "the newest commit is a second old", new Elapsed(System.nanoTime(), GRACE_NANOS)::over);

      assertThat(child.ask("second")).contains("SchemaTooNewException").contains("9998");
    }
    assertThat(SqliteNotes.all(file)).containsExactly("first");
  }

  @Test
  void a_body_that_is_under_way_ends_before_the_file_can_be_migrated() throws Exception {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      belay.useWrite(
          tx -> {
            Notes.add(tx, "before");
            assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> PlainSqlite.execute(file, "PRAGMA busy_timeout = 0", NEWER));
          });
    }
    assertThat(SqliteNotes.all(file)).containsExactly("before");
  }

  @Test
  void tables_of_the_host_may_come_and_go() throws Exception {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      Elapsed elapsed = new Elapsed(System.nanoTime(), GRACE_NANOS);
      for (int i = 0; i < 5 || !elapsed.over(); i++) {
        PlainSqlite.execute(file, "CREATE TABLE mine_" + i + " (a)");
        assertThat(VERBS.get(0).refusal(belay)).isNull();
        PlainSqlite.execute(file, "DROP TABLE mine_" + i);
      }
    }
  }

  private record Elapsed(long since, long nanos) {
    boolean over() {
      return System.nanoTime() - since > nanos;
    }
  }

  private static void requireRefused(Verb verb, Belay belay, long migrated) {
    while (true) {
      long asked = System.nanoTime();
      SchemaTooNewException refusal = verb.refusal(belay);
      if (refusal != null) {
        assertThat(refusal.found()).isEqualTo("9998");
        return;
      }
      assertThat(asked - migrated).as("nanos after the migration").isLessThan(GRACE_NANOS);
    }
  }

  private static int row(Tx tx) {
    return tx.handle().execute("INSERT INTO note (text) VALUES (?)", text());
  }

  private static TxOutcome<Integer> flow(Tx tx) {
    return TxOutcome.commit(row(tx));
  }

  private static String text() {
    return "at " + System.nanoTime();
  }

  private static void join(CompletableFuture<?> future) {
    try {
      Object unused = future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private String rows() throws SQLException {
    return PlainSqlite.row(
        file,
        "SELECT (SELECT count(*) FROM note) || ' ' || (SELECT count(*) FROM belay_session) || ' '"
            + " || (SELECT count(*) FROM belay_work) || ' ' || (SELECT count(*) FROM belay_lease)");
  }
}

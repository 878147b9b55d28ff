package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.store.TxAction;
import dev.belay.testing.Checked;
import dev.belay.testing.Notes;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: no statement of one body is felt by another. Method: statements are left in every odd state
 * that JDBI and JDBC allow (a row in hand, a batch not run), in each kind of body; then another
 * program and the store write, and a read sees both.
 */
@NullUnmarked // set up before each test
@OnEachForm
class StatementStateTest {
  private static final String INSERT = "INSERT INTO note (text) VALUES (:text)";

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.onEachForm().with(options -> options.withBusyTimeout(Duration.ofSeconds(1)));

  private Belay belay;
  private Checked checked;

  record Use(String name, TxAction<Exception> action) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A DAO whose updates answer rows. */
  public interface RowsSql {
    @SqlUpdate("INSERT INTO note (text) VALUES (:text) RETURNING id")
    int add(@Bind("text") String text);

    @SqlUpdate("SELECT text FROM note")
    int look();

    @SqlBatch("INSERT INTO note (text) VALUES (:text)")
    int[] addAll(@Bind("text") List<Object> texts);
  }

  @BeforeEach
  void open() {

    belay = store.belay();
    store.createNotes();
    belay.useWrite(tx -> Notes.add(tx, "one"));
    belay.useWrite(tx -> Notes.add(tx, "two"));
    checked = store.checked();
  }

  static Stream<Use> updates_that_answer_rows() {
    String returning = "INSERT INTO note (text) VALUES ('r') RETURNING id";
    return Stream.of(
        new Use("execute RETURNING", tx -> tx.handle().execute(returning)),
        new Use("update RETURNING", tx -> tx.handle().createUpdate(returning).execute()),
        new Use("@SqlUpdate RETURNING", tx -> tx.attach(RowsSql.class).add("r")),
        new Use(
            "UPDATE RETURNING",
            tx -> tx.handle().execute("UPDATE note SET text = text || '!' RETURNING text")),
        new Use(
            "DELETE RETURNING",
            tx -> tx.handle().execute("DELETE FROM note WHERE id > 0 RETURNING text")),
        // the driver refuses rows in a script; what matters is what it leaves behind
        new Use(
            "script RETURNING",
            tx -> catchThrowable(() -> tx.handle().createScript(returning).execute())),
        new Use(
            "raw RETURNING",
            tx -> tx.handle().getConnection().createStatement().execute(returning)),
        new Use(
            "prepared RETURNING",
            tx -> tx.handle().getConnection().prepareStatement(returning).execute()));
  }

  static Stream<Use> queries_run_as_updates() {
    return Stream.of(
        new Use("execute SELECT", tx -> tx.handle().execute("SELECT * FROM note")),
        new Use("update SELECT", tx -> tx.handle().createUpdate("SELECT * FROM note").execute()),
        new Use("@SqlUpdate SELECT", tx -> tx.attach(RowsSql.class).look()),
        new Use("execute VALUES", tx -> tx.handle().execute("VALUES (1), (2)")),
        new Use(
            "execute WITH",
            tx -> tx.handle().execute("WITH n AS (SELECT text FROM note) SELECT * FROM n")),
        new Use(
            "script",
            tx ->
                catchThrowable(
                    () -> tx.handle().createScript("SELECT * FROM note; SELECT 1").execute())),
        new Use(
            "batch",
            tx -> catchThrowable(() -> tx.handle().createBatch().add("SELECT 1").execute())),
        new Use(
            "iterator",
            tx ->
                tx.handle()
                    .createQuery("SELECT text FROM note")
                    .mapTo(String.class)
                    .iterator()
                    .next()),
        new Use(
            "raw",
            tx ->
                tx.handle()
                    .getConnection()
                    .createStatement()
                    .executeQuery("SELECT text FROM note")
                    .next()));
  }

  @ParameterizedTest
  @MethodSource("updates_that_answer_rows")
  void an_update_that_answers_rows_is_committed_and_stops_no_later_write(Use use) throws Exception {
    belay.useWrite(use.action());

    checked.requireServing(use);
  }

  @ParameterizedTest
  @MethodSource("queries_run_as_updates")
  void a_query_run_as_an_update_stops_no_later_write(Use use) throws Exception {
    belay.useWrite(use.action());

    checked.requireServing(use);
    checked.requireServing(use);
  }

  @ParameterizedTest
  @MethodSource("queries_run_as_updates")
  void a_query_run_as_an_update_in_a_read_freezes_no_later_read(Use use) throws Exception {
    assertThat(Notes.all(belay)).hasSize(2);
    belay.useRead(use.action());

    belay.useWrite(tx -> Notes.add(tx, "three"));

    for (int i = 0; i < 8; i++) { // on whichever connection it runs
      assertThat(Notes.all(belay)).hasSize(3);
    }
    checked.requireServing(use);
  }

  @ParameterizedTest
  @MethodSource({"queries_run_as_updates", "updates_that_answer_rows"})
  void a_statement_left_with_a_row_in_a_call_stops_no_later_write(Use use) throws Exception {
    belay.tx().<Boolean, Exception>call(tx -> done(use, tx));

    checked.requireServing(use);
  }

  static Stream<Use> batches_that_fail_half_way() {
    StatementCustomizer failing =
        new StatementCustomizer() {
          @Override
          public void beforeExecution(PreparedStatement statement, StatementContext context)
              throws SQLException {
            throw new SQLException("customizer");
          }
        };
    return Stream.of(
        new Use("mixed types", tx -> mixed(tx).execute()),
        new Use("mixed types, returning", tx -> mixed(tx).executePreparedBatch("id").mapToMap()),
        new Use("@SqlBatch", tx -> tx.attach(RowsSql.class).addAll(List.of("SECRET", 42))),
        new Use(
            "an argument that throws",
            tx -> secret(tx).bind("text", (Argument) (at, row, c) -> fail()).add().execute()),
        new Use("a customizer that throws", tx -> secret(tx).addCustomizer(failing).execute()),
        new Use("a row that violates", tx -> secret(tx).bind("text", "SECRET").add().execute()),
        new Use(
            "raw, mixed",
            tx -> {
              PreparedStatement batch = raw(tx);
              batch.setInt(1, 42);
              batch.addBatch();
              batch.executeBatch();
            }),
        new Use(
            "raw, left",
            tx -> {
              raw(tx);
              throw new IllegalStateException("left");
            }));
  }

  private static PreparedBatch secret(Tx tx) {
    return tx.handle().prepareBatch(INSERT).bind("text", "SECRET").add();
  }

  private static PreparedBatch mixed(Tx tx) {
    return secret(tx).bind("text", 42).add();
  }

  private static PreparedStatement raw(Tx tx) throws SQLException {
    PreparedStatement batch =
        tx.handle().getConnection().prepareStatement("INSERT INTO note (text) VALUES (?)");
    batch.setString(1, "SECRET");
    batch.addBatch();
    return batch;
  }

  private static void fail() throws SQLException {
    throw new SQLException("argument");
  }

  @ParameterizedTest
  @MethodSource("batches_that_fail_half_way")
  void a_batch_that_failed_half_way_writes_none_of_its_rows_for_others(Use use) throws Exception {
    boolean wrote = catchThrowable(() -> belay.useWrite(use.action())) == null;
    belay.useWrite(tx -> tx.handle().execute("DELETE FROM note"));

    for (String who : List.of("bob", "carol")) {
      belay.useWrite(tx -> tx.handle().createUpdate(INSERT).bind("text", who).execute());
    }
    int[] counts =
        belay
            .tx()
            .<int[], RuntimeException>write(
                tx -> tx.handle().prepareBatch(INSERT).bind("text", "dave").add().execute());
    belay.useWrite(tx -> tx.attach(RowsSql.class).addAll(List.of("erin")));
    belay.useWrite(tx -> Notes.add(tx, "frank"));

    assertThat(counts).as("after %s, which wrote: %s", use, wrote).containsExactly(1);
    assertThat(store.notes()).containsExactly("bob", "carol", "dave", "erin", "frank");
  }

  @ParameterizedTest
  @MethodSource("batches_that_fail_half_way")
  void a_batch_that_failed_and_was_caught_writes_none_of_its_rows_later_in_its_body(Use use)
      throws Exception {
    belay.useWrite(
        tx -> {
          boolean goesOn = store.promises(Promise.TRANSACTION_SURVIVES_A_FAILED_STATEMENT);
          if (!goesOn) {
            tx.handle().savepoint("before");
          }
          Throwable caught = catchThrowable(() -> use.action().run(tx));
          if (!goesOn) {
            tx.handle().rollbackToSavepoint("before");
          }
          tx.handle().execute("DELETE FROM note");
          tx.handle().createUpdate(INSERT).bind("text", "after").execute();
          assertThat(Notes.all(tx)).as("%s, caught: %s", use, caught).containsExactly("after");
        });

    checked.requireServing(use);
  }

  private static boolean done(Use use, Tx tx) throws Exception {
    use.action().run(tx);
    return true;
  }
}

package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Notes;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: whatever a body is handed by JDBC or JDBI leads nowhere once the body has ended.
 *
 * <p>Method: rows and connections are reached on each way that leads to them, kept, and used after
 * the body, while another body reads by the same SQL, and from another thread.
 */
@NullUnmarked // set up before each test
@OnEachForm
class KeptObjectTest {
  private static final String SQL = "SELECT text FROM note WHERE text > ? ORDER BY id";

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  /** A way from a transaction to an object of the driver's. */
  interface Way<T> {
    T go(Tx tx) throws SQLException;
  }

  record To<T>(String name, Way<T> way) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeEach
  void open() {

    belay = store.belay();
    store.createNotes();
    for (int i = 0; i < 5; i++) {
      String text = "n" + i;
      belay.useWrite(tx -> Notes.add(tx, text));
    }
  }

  private static ResultSet query(Tx tx, String from) throws SQLException {
    PreparedStatement statement = tx.handle().getConnection().prepareStatement(SQL);
    statement.setString(1, from);
    return statement.executeQuery();
  }

  private static ResultSet begun(ResultSet rows) throws SQLException {
    assertThat(rows.next()).isTrue();
    return rows;
  }

  static Stream<To<ResultSet>> rows() {
    return Stream.of(
        new To<>("left open", tx -> begun(query(tx, "n2"))),
        new To<>("not yet read", tx -> query(tx, "n2")),
        new To<>(
            "statement closed",
            tx -> {
              ResultSet rows = begun(query(tx, "n2"));
              rows.getStatement().close();
              return rows;
            }),
        new To<>(
            "getResultSet",
            tx -> {
              Statement statement = tx.handle().getConnection().createStatement();
              assertThat(statement.execute("SELECT text FROM note")).isTrue();
              return begun(statement.getResultSet());
            }),
        new To<>(
            "mapper of JDBI",
            tx -> tx.handle().createQuery("SELECT text FROM note").map((rows, c) -> rows).first()),
        new To<>(
            "metadata",
            tx ->
                begun(tx.handle().getConnection().getMetaData().getTables(null, null, "%", null))));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void rows_kept_beyond_their_body_show_nothing_and_disturb_nobody(To<ResultSet> to)
      throws Exception {
    for (boolean write : new boolean[] {true, false}) {
      ResultSet kept =
          write
              ? belay.tx().<ResultSet, SQLException>write(to.way()::go)
              : belay.tx().<ResultSet, SQLException>read(to.way()::go);

      assertThatThrownBy(kept::next).isInstanceOf(Exception.class);
      assertThatThrownBy(() -> kept.getString(1)).isInstanceOf(Exception.class);
      assertThat(kept.isClosed()).isTrue();

      List<String> seen = belay.tx().<List<String>, SQLException>write(tx -> readBeside(tx, kept));
      assertThat(seen).containsExactly("n0", "n1", "n2", "n3", "n4");
    }
    belay.useWrite(tx -> tx.handle().execute("DROP TABLE note"));
  }

  private static List<String> readBeside(Tx tx, ResultSet kept) throws SQLException {
    List<String> seen = new ArrayList<>();
    ResultSet own = query(tx, "");
    while (own.next()) {
      seen.add(own.getString(1));
      assertThat(catchThrowable(kept::next)).isNotNull();
      CompletableFuture.runAsync(
              () -> {
                assertThat(catchThrowable(kept::next)).isNotNull();
                assertThat(catchThrowable(kept::close)).isNull();
              },
              LaterThreads.EACH)
          .join();
    }
    return seen;
  }

  static Stream<To<Connection>> connections() {
    return Stream.of(
        new To<>("handle", tx -> tx.handle().getConnection()),
        new To<>(
            "statement", tx -> tx.handle().getConnection().prepareStatement(SQL).getConnection()),
        new To<>("rows", tx -> query(tx, "").getStatement().getConnection()),
        new To<>("metadata", tx -> tx.handle().getConnection().getMetaData().getConnection()),
        new To<>(
            "rows of metadata",
            tx ->
                tx.handle()
                    .getConnection()
                    .getMetaData()
                    .getTables(null, null, "%", null)
                    .getStatement()
                    .getConnection()),
        new To<>(
            "mapper of JDBI",
            tx ->
                tx.handle()
                    .createQuery("SELECT 1")
                    .map((rows, c) -> rows.getStatement().getConnection())
                    .one()),
        new To<>(
            "context of JDBI",
            tx -> tx.handle().createQuery("SELECT 1").map((rows, c) -> c.getConnection()).one()));
  }

  @ParameterizedTest
  @MethodSource("connections")
  void a_connection_kept_beyond_its_body_does_nothing(To<Connection> to) throws Exception {
    for (boolean write : new boolean[] {true, false}) {
      Connection kept =
          write
              ? belay.tx().<Connection, SQLException>write(to.way()::go)
              : belay.tx().<Connection, SQLException>read(to.way()::go);

      for (String sql : List.of("INSERT INTO note (text) VALUES ('late')", "BEGIN", "SELECT 1")) {
        assertThatThrownBy(() -> execute(kept, sql)).isInstanceOf(Exception.class);
        assertThatThrownBy(() -> belay.tx().<Boolean, SQLException>write(tx -> executed(kept, sql)))
            .isInstanceOf(Exception.class);
        assertThat(
                catchThrowable(
                    () ->
                        CompletableFuture.runAsync(() -> run(kept, sql), LaterThreads.EACH).join()))
            .isNotNull();
      }
      assertThat(catchThrowable(kept::close)).isNull();
      store.checked().requireServing(to);
    }
    assertThat(store.notes()).doesNotContain("late");
  }

  private static void execute(Connection kept, String sql) throws SQLException {
    try (Statement statement = kept.createStatement()) {
      statement.execute(sql);
    }
  }

  private static boolean executed(Connection kept, String sql) throws SQLException {
    execute(kept, sql);
    return true;
  }

  private static void run(Connection kept, String sql) {
    try {
      execute(kept, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void metadata_kept_beyond_its_body_leads_to_no_connection() throws Exception {
    DatabaseMetaData kept =
        belay
            .tx()
            .<DatabaseMetaData, SQLException>read(tx -> tx.handle().getConnection().getMetaData());

    assertThat(catchThrowable(() -> execute(kept.getConnection(), "DELETE FROM note"))).isNotNull();
    assertThat(catchThrowable(() -> kept.getTables(null, null, "%", null))).isNotNull();
    assertThat(store.notes()).hasSize(5);
  }

  @Test
  void a_statement_that_one_body_closes_on_completion_stays_open_in_the_next() throws Exception {
    belay
        .tx()
        .<SQLException>useWrite(
            tx -> tx.handle().getConnection().prepareStatement(SQL).closeOnCompletion());

    int read =
        belay
            .tx()
            .<Integer, RuntimeException>write(
                tx -> {
                  int count = 0;
                  try (PreparedStatement statement =
                      tx.handle().getConnection().prepareStatement(SQL)) {
                    for (int i = 0; i < 3; i++) {
                      statement.setString(1, "n2");
                      try (ResultSet rows = statement.executeQuery()) {
                        count += rows.next() ? 1 : 0;
                      }
                    }
                  } catch (SQLException e) {
                    throw new IllegalStateException(e);
                  }
                  return count;
                });

    assertThat(read).isEqualTo(3);
  }

  @Test
  void text_without_a_statement_harms_nobody() {
    for (String sql : List.of("", " ", ";", "-- nothing", "/* nothing */ ;")) {
      Throwable said = catchThrowable(() -> belay.useWrite(tx -> tx.handle().execute(sql)));
      assertThat(said == null || said instanceof RuntimeException).as(sql).isTrue();
      Throwable called = catchThrowable(() -> belay.tx().call(tx -> tx.handle().execute(sql)));
      assertThat(called == null || called instanceof RuntimeException).as(sql).isTrue();
      store.checked().requireServing(sql);
    }
  }
}

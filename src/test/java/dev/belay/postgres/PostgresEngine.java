package dev.belay.postgres;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.kit.Engine;
import dev.belay.kit.Form;
import dev.belay.kit.Kill;
import dev.belay.kit.Promise;
import dev.belay.kit.Sql;
import dev.belay.testing.Effort;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** PostgreSQL, as the conformance kit opens it. Stateless, safe for use by many threads. */
public final class PostgresEngine implements Engine {
  /** A schema of the tests' server, with connections of the store's own. */
  public static final Form SCHEMA = new PostgresForm();

  /** The processes of the server end that work for a process; that process lives on. */
  private static final Kill BACKENDS =
      Kill.of("its backends", (process, address) -> KitServer.killBackends(process.pid()));

  @Override
  public List<Form> forms() {
    return List.of(SCHEMA);
  }

  private static final class PostgresForm implements Form {
    @Override
    public String name() {
      return "PostgreSQL";
    }

    @Override
    public Set<Promise> promises() {
      return Set.of(Promise.CALL_COMMITS_EACH_STATEMENT);
    }

    @Override
    public boolean isShared() {
      return true;
    }

    @Override
    public boolean runsSlowSuites() {
      return Effort.of(0, 1) > 0; // the hammer runs always
    }

    @Override
    public boolean usesTwoHandles() {
      return false;
    }

    @Override
    public int writersAtOnce() {
      return PgStore.WRITERS;
    }

    @Override
    public BelayOptions options() {
      return TestOptions.defaults().withCommitGroupMax(1); // the only size there is
    }

    @Override
    public String sql(Sql statement) {
      return switch (statement) {
        case CREATE_NOTES ->
            "CREATE TABLE note (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                + " text TEXT NOT NULL UNIQUE)";
        case BEGIN -> "BEGIN";
        case SLOW_QUERY -> "SELECT 1 FROM pg_sleep(0.05)";
      };
    }

    @Override
    public List<String> refusing(String change, String table, String condition) {
      return trigger(change, table, condition, "RAISE EXCEPTION ''refused''");
    }

    @Override
    public List<String> ignoring(String change, String table, String condition) {
      return trigger(change, table, condition, "RETURN NULL");
    }

    private static List<String> trigger(
        String change, String table, String condition, String outcome) {
      return List.of(
          "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
              + outcome
              + "; END'",
          "CREATE TRIGGER refusing_%1$s BEFORE %1$s ON %2$s FOR EACH ROW WHEN (%3$s)"
                  .formatted(change, table, condition)
              + " EXECUTE FUNCTION refuse()");
    }

    @Override
    public String refusingNoMore(String change, String table) {
      return "DROP TRIGGER refusing_" + change + " ON " + table;
    }

    @Override
    public Connection connect(String address) throws SQLException {
      return DriverManager.getConnection(address);
    }

    @Override
    public String create(Path folder) {
      return KitServer.newStore();
    }

    @Override
    public List<Kill> kills() {
      return List.of(Kill.PROCESS, BACKENDS);
    }

    /** The connections are named after the process, so that its backends can be found. */
    @Override
    public Belay open(String address, BelayOptions options) {
      String name = Server.applicationName(ProcessHandle.current().pid());
      return Belay.openPostgres(address + "&ApplicationName=" + name, options);
    }

    @Override
    public void drop(String address) {
      KitServer.drop(address);
    }
  }
}

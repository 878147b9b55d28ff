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
import java.util.List;
import java.util.Set;

/** PostgreSQL, as the conformance kit opens it. Stateless, safe for use by many threads. */
public final class PostgresEngine implements Engine {
  /** A schema of the tests' server, with connections of the store's own. */
  public static final Form SCHEMA = new PostgresForm();

  /** The processes of the server end that work for a process; that process lives on. */
  private static final Kill BACKENDS =
      Kill.of("its backends", (process, address) -> Server.killBackends(process.pid()));

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
    public String create(Path folder) {
      return Server.newStore();
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
      Server.drop(address);
    }
  }
}

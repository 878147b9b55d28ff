package com.example.engine;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.kit.Engine;
import dev.belay.kit.Form;
import dev.belay.kit.Promise;
import dev.belay.kit.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** An engine as the kit sees it, named in {@code META-INF/services}. Here it is SQLite. */
public final class ExampleEngine implements Engine {
  @Override
  public List<Form> forms() {
    return List.of(new InFile());
  }

  /** What tests do to a store from outside. */
  private interface FromOutside extends Form {
    @Override
    default List<String> refusing(String change, String table, String condition) {
      return List.of(trigger(change, table, condition, "RAISE(ABORT, 'refused')"));
    }

    @Override
    default List<String> ignoring(String change, String table, String condition) {
      return List.of(trigger(change, table, condition, "RAISE(IGNORE)"));
    }

    private static String trigger(String change, String table, String condition, String raise) {
      return "CREATE TRIGGER refusing_%1$s BEFORE %1$s ON %2$s WHEN %3$s BEGIN SELECT %4$s; END"
          .formatted(change, table, condition, raise);
    }

    @Override
    default String refusingNoMore(String change, String table) {
      return "DROP TRIGGER refusing_" + change;
    }

    @Override
    default Connection connect(String address) throws SQLException {
      return DriverManager.getConnection("jdbc:sqlite:" + address); // as another program does
    }
  }

  // snippet: form
  /** A store in a file. Stateless: a process that a suite starts finds the form by its name. */
  private record InFile() implements FromOutside {
    @Override
    public String name() {
      return "example, file";
    }

    @Override
    public Set<Promise> promises() {
      return EnumSet.allOf(Promise.class); // an engine names those that it gives
    }

    @Override
    public boolean isShared() {
      return true; // other handles and other processes can open the same store
    }

    @Override
    public boolean runsSlowSuites() {
      return true; // one form of an engine does
    }

    @Override
    public boolean usesTwoHandles() {
      return false;
    }

    @Override
    public int writersAtOnce() {
      return 1; // a pool of connections that write has its size here
    }

    @Override
    public BelayOptions options() {
      return BelayOptions.defaults();
    }

    @Override
    public String sql(Sql statement) {
      return switch (statement) {
        case CREATE_NOTES ->
            "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)";
        case BEGIN -> "BEGIN";
        case SLOW_QUERY ->
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
                + " SELECT count(*) FROM n";
      };
    }

    @Override
    public String create(Path folder) {
      return folder.resolve("store.db").toString(); // a server makes a schema and returns its name
    }

    @Override
    public Belay open(String address, BelayOptions options) {
      return Belay.open(Path.of(address), options);
    }
  }
  // end: form
}

package dev.belay.postgres;

import dev.belay.engine.EngineFacts;
import dev.belay.engine.StoreEngine;
import dev.belay.store.Finding;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what only the server knows about a store. Safe for use by many threads. */
final class PgInspection {
  private static final Pattern MADE =
      Pattern.compile("CREATE (?:UNIQUE )?(?:TABLE|INDEX) (belay_\\w+)");

  private static final String FACTS =
      """
      SELECT current_setting('server_version'),
             (SELECT SUM(pg_total_relation_size(c.oid))
              FROM   pg_class c
              WHERE  c.relnamespace = to_regnamespace(?)
                AND  c.relkind = 'r' AND c.relname LIKE 'belay\\_%'),
             (SELECT MAX(CAST(version AS integer)) FROM belay_schema_history
              WHERE  version ~ '^[0-9]+$' AND success)
      """;

  private static final String RELATIONS =
      """
      SELECT c.relname, COALESCE(i.indisvalid, true)
      FROM   pg_class c
      LEFT JOIN pg_index i ON i.indexrelid = c.oid
      WHERE  c.relnamespace = to_regnamespace(?) AND c.relname LIKE 'belay\\_%'
      """;

  /** The indexes of Belay's tables, but for those of constraints. */
  private static final String INDEXES =
      """
      SELECT c.relname, t.relname
      FROM   pg_index i
      JOIN   pg_class c ON c.oid = i.indexrelid
      JOIN   pg_class t ON t.oid = i.indrelid
      WHERE  t.relnamespace = to_regnamespace(?) AND t.relname LIKE 'belay\\_%'
        AND  NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
      """;

  private static final String UNCHECKED_KEYS =
      """
      SELECT k.conname, t.relname
      FROM   pg_constraint k
      JOIN   pg_class t ON t.oid = k.conrelid
      WHERE  t.relnamespace = to_regnamespace(?) AND k.contype = 'f' AND NOT k.convalidated
      """;

  private final PgServer server;
  private final StoreEngine store;

  PgInspection(PgServer server, StoreEngine store) {
    this.server = server;
    this.store = store;
  }

  /** As {@link StoreEngine#facts}. */
  EngineFacts facts() {
    try {
      return store.look(this::facts);
    } catch (SQLException e) {
      throw new PgFailures(server.name()).operating("reading", e);
    }
  }

  private EngineFacts facts(Tx tx) throws SQLException {
    try (PreparedStatement statement = prepared(tx, FACTS);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new EngineFacts(
          "PostgreSQL", row.getString(1), server.name(), row.getString(3), row.getLong(2), 0);
    }
  }

  /** As {@link StoreEngine#check}. */
  void check(Finding.Scope scope, Consumer<Finding> to) {
    store.requireOutsideBody("check");
    if (scope == Finding.Scope.PAGES) {
      throw new UnsupportedOperationException(
          server.name() + ": the pages of a server are checked with its own tools");
    }
    try {
      store.useRead(tx -> shape(tx, to));
    } catch (SQLException e) {
      throw new PgFailures(server.name()).operating("the check", e);
    }
  }

  private void shape(Tx tx, Consumer<Finding> to) throws SQLException {
    Set<String> made = made();
    Map<String, Boolean> found = new HashMap<>();
    pairs(tx, RELATIONS, (name, valid) -> found.put(name, valid.startsWith("t")));
    for (String name : made) {
      Boolean valid = found.get(name);
      if (valid == null) {
        to.accept(new Finding("schema", name, "is missing"));
      } else if (!valid) {
        to.accept(new Finding("schema", name, "is not valid"));
      }
    }
    pairs(
        tx,
        INDEXES,
        (index, table) -> {
          if (made.contains(table) && !made.contains(index)) {
            to.accept(
                new Finding("schema", "index " + index, "of table " + table + " is not Belay's"));
          }
        });
    pairs(
        tx,
        UNCHECKED_KEYS,
        (key, table) ->
            to.accept(new Finding("foreign-key", "table " + table, key + " is not validated")));
  }

  private void pairs(Tx tx, String sql, BiConsumer<String, String> to) throws SQLException {
    try (PreparedStatement statement = prepared(tx, sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        to.accept(row.getString(1), row.getString(2));
      }
    }
  }

  private PreparedStatement prepared(Tx tx, String sql) throws SQLException {
    PreparedStatement statement = tx.handle().getConnection().prepareStatement(sql);
    statement.setString(1, server.quotedSchema());
    return statement;
  }

  /** The names of the tables and indexes in Belay's script. */
  private static Set<String> made() {
    String script = "dev/belay/db/postgres/V1__belay.sql";
    try (InputStream stream = PgInspection.class.getClassLoader().getResourceAsStream(script)) {
      if (stream == null) {
        throw new StoreException(script + " is not on the class path", null);
      }
      Set<String> names = new HashSet<>();
      Matcher made = MADE.matcher(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
      while (made.find()) {
        names.add(made.group(1));
      }
      return names;
    } catch (IOException e) {
      throw new StoreException(script + " cannot be read", e);
    }
  }
}

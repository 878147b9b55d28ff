package dev.belay.store;

/** Sorts of statement, each by one example on a table {@code note} that has a row 1. */
enum EdgeStatement {
  SELECT("SELECT text FROM note"),
  INSERT("INSERT INTO note (text) VALUES (hex(randomblob(8)))"),
  INSERT_RETURNING("INSERT INTO note (text) VALUES (hex(randomblob(8))) RETURNING text"),
  UPDATE_RETURNING("UPDATE note SET text = text || '' RETURNING text"),
  DELETE("DELETE FROM note WHERE id > 1"),
  FAILING_INSERT("INSERT INTO note (id, text) VALUES (1, 'again')"),
  OR_ROLLBACK("INSERT OR ROLLBACK INTO note (id, text) VALUES (1, 'again')"),
  WITH("WITH n AS (SELECT text FROM note) SELECT text FROM n"),
  PRAGMA_READING("PRAGMA table_info(note)"),
  PRAGMA_SETTING("PRAGMA recursive_triggers = ON"),
  PRAGMA_CHECKS("PRAGMA ignore_check_constraints = ON"),
  PRAGMA_KEYS("PRAGMA foreign_keys = OFF"),
  PRAGMA_READ_ONLY("PRAGMA query_only = ON"),
  SAVEPOINT("SAVEPOINT sp"),
  CREATE_TABLE("CREATE TABLE IF NOT EXISTS extra (a)"),
  CREATE_TEMP_TABLE("CREATE TEMP TABLE draft (a)"),
  ATTACH("ATTACH ':memory:' AS other"),
  SEVERAL("SELECT 1; INSERT INTO note (text) VALUES (hex(randomblob(8))); SELECT 2");

  private final String sql;

  EdgeStatement(String sql) {
    this.sql = sql;
  }

  String sql() {
    return sql;
  }
}

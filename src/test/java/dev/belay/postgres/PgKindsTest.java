package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.jdbc.SqlKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Goal: no statement that changes the session or the transaction passes for one that does not.
 * Method: statements in every dress that PostgreSQL accepts.
 */
class PgKindsTest {
  private final PgKinds kinds = new PgKinds();

  @Test
  void what_only_reads_is_known_as_such() {
    are(
        SqlKind.READ,
        "SELECT 1",
        "select 'COMMIT; SET a = 1' as \"begin\"",
        "/* SET */ SELECT 1 -- COMMIT",
        "(SELECT 1) UNION (SELECT 2)",
        "VALUES (1)",
        "TABLE t",
        "SHOW work_mem",
        "EXPLAIN SELECT 1",
        "SELECT E'a\\'; COMMIT; --'",
        "SELECT $$; COMMIT; $$",
        "SELECT $a$; $$ COMMIT; $b$ $a$",
        "SELECT 'it''s; COMMIT'",
        "SELECT U&'\\0041; COMMIT'",
        "SELECT 1;;  ;");
  }

  @Test
  void what_changes_rows_is_known_as_such() {
    are(
        SqlKind.ROWS,
        "INSERT INTO t VALUES (1)",
        "WITH x AS (DELETE FROM t RETURNING 1) SELECT * FROM x",
        "SELECT 1; UPDATE t SET a = 1",
        "/* /* nested */ SELECT */ DELETE FROM t",
        "EXPLAIN ANALYZE DELETE FROM t",
        "EXPLAIN (ANALYZE) DELETE FROM t",
        "SET LOCAL work_mem = '1MB'",
        "SET CONSTRAINTS ALL DEFERRED",
        "NOTIFY news",
        "LOCK TABLE t",
        "COPY t FROM STDIN",
        "MERGE INTO t USING u ON a = b WHEN MATCHED THEN DELETE");
  }

  @Test
  void what_may_change_the_session_costs_the_connection() {
    are(
        SqlKind.CONNECTION,
        "SET work_mem = '1MB'",
        "SET SESSION work_mem = '1MB'",
        "SET ROLE nobody",
        "SET SESSION AUTHORIZATION nobody",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "RESET ALL",
        "DISCARD ALL",
        "LISTEN news",
        "UNLISTEN *",
        "LOAD 'x'",
        "PREPARE p AS SELECT 1",
        "DEALLOCATE ALL",
        "EXECUTE p",
        "DO $$ BEGIN END $$",
        "CALL p()",
        "CREATE TEMP TABLE t (i INT)",
        "CREATE LOCAL TEMPORARY TABLE t (i INT)",
        "CREATE UNLOGGED TABLE pg_temp.t (i INT)",
        "CREATE TABLE pg_temp.t (i INT)",
        "SELECT * INTO TEMP t FROM u",
        "SELECT * INTO TABLE pg_temp.t FROM u",
        "SELECT 1; SET work_mem = '1MB'",
        "SELECT pg_advisory_lock(1)",
        "select Pg_Try_Advisory_Lock_Shared (1)",
        "SELECT pg_catalog.pg_advisory_lock(1)",
        "SELECT \"pg_advisory_lock\"(1)",
        "SELECT pg_advisory_unlock(1)",
        "SELECT pg_advisory_unlock_all()",
        "INSERT INTO t SELECT set_config('work_mem', '1MB', false)",
        "UPDATE pg_settings SET setting = '1MB' WHERE name = 'work_mem'",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "ALTER TABLE t ADD i INT; SET ROLE nobody",
        "SOMETHING new");
  }

  @Test
  void what_begins_or_ends_a_transaction_is_the_runners() {
    are(
        SqlKind.TRANSACTION,
        "BEGIN",
        "START TRANSACTION",
        "COMMIT",
        "END",
        "ROLLBACK",
        "ABORT",
        "ROLLBACK AND CHAIN",
        "PREPARE TRANSACTION 'a'",
        "COMMIT PREPARED 'a'",
        "SET TRANSACTION READ ONLY",
        "SELECT 1; COMMIT",
        "/* a */ -- b\n commit",
        "SELECT $a$ $a$; COMMIT",
        "SELECT a$b$; COMMIT; SELECT $b$",
        "SELECT E'\\\\'; COMMIT; --'",
        "SELECT 'a\\'; COMMIT; --'");
  }

  @Test
  void savepoints_and_changes_of_the_schema_are_known() {
    are(SqlKind.SAVEPOINT, "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "ROLLBACK WORK TO a");
    are(
        SqlKind.SCHEMA,
        "CREATE TABLE t (i INT)",
        "CREATE TABLE temp_things (i INT)",
        "DROP TABLE t",
        "ALTER TABLE t ADD i INT",
        "SELECT * INTO copy FROM t",
        "CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS $$ SELECT 1; $$");
  }

  @Test
  void white_space_and_comments_are_nothing() {
    are(SqlKind.NOTHING, "", " \n", "-- a", "/* a /* b */ */", ";");
  }

  private void are(SqlKind kind, String... statements) {
    assertThat(List.of(statements)).allSatisfy(sql -> assertThat(kinds.of(sql)).isEqualTo(kind));
  }
}

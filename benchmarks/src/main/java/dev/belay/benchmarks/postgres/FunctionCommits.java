package dev.belay.benchmarks.postgres;

import dev.belay.Belay;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * What the commit of a session does at least, as one function on the server: one round trip of one
 * prepared statement, on Belay's own tables. Immutable.
 *
 * <p>A caller takes the connection that was used last; there are up to 16. It computes no hash of
 * the operation, and its answer says no more than the revision.
 */
final class FunctionCommits implements CommitPeer {
  private static final int CONNECTIONS_MAX = 16;
  private static final byte[] HASH = new byte[32];

  private static final String FUNCTION =
      """
      CREATE FUNCTION benchmark_commit(
        p_id text, p_expected bigint, p_operation text, p_hash bytea, p_type text, p_payload text,
        p_now bigint)
      RETURNS bigint LANGUAGE plpgsql AS $$
      DECLARE s belay_session;
      BEGIN
        SELECT * INTO s FROM belay_session
        WHERE  id = p_id AND absent_since_ms IS NULL FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM belay_session_receipt
                   WHERE  session_no = s.no AND operation_id = p_operation) THEN
          RETURN 0;
        END IF;
        IF s.revision IS DISTINCT FROM p_expected THEN
          RETURN -1;
        END IF;
        UPDATE belay_session
        SET    revision = s.revision + 1, leaf_seq = s.last_seq + 1, last_seq = s.last_seq + 1,
               updated_at_ms = p_now
        WHERE  no = s.no;
        INSERT INTO belay_session_event (session_no, seq, parent_seq, at_ms, type, payload)
        VALUES (s.no, s.last_seq + 1, s.leaf_seq, p_now, p_type, p_payload);
        INSERT INTO belay_session_receipt
               (session_no, operation_id, hash_format, hash, revision, at_ms, first_seq, last_seq)
        VALUES (s.no, p_operation, 1, p_hash, s.revision + 1, p_now, s.last_seq + 1,
                s.last_seq + 1);
        RETURN s.revision + 1;
      END $$
      """;

  @Override
  public String name() {
    return "function call";
  }

  @Override
  public Store open(Schema schema, Sync sync, int callers) throws SQLException {
    try (Belay belay = schema.openBelay()) {
      BelayCommits.create(belay, callers);
    }
    schema.execute(FUNCTION);
    LinkedBlockingDeque<PreparedStatement> idle = new LinkedBlockingDeque<>();
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < Math.min(callers, CONNECTIONS_MAX); i++) {
      Connection connection = DriverManager.getConnection(schema.url());
      all.add(connection);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET synchronous_commit = " + sync.word());
      }
      idle.add(connection.prepareStatement("SELECT benchmark_commit(?, ?, ?, ?, ?, ?, ?)"));
    }
    return new Store() {
      @Override
      public void commit(int caller, long revision) throws Exception {
        PreparedStatement call = idle.takeFirst();
        try {
          send(call, caller, revision);
        } finally {
          idle.addFirst(call);
        }
      }

      @Override
      public void close() throws SQLException {
        for (Connection each : all) {
          each.close();
        }
      }
    };
  }

  private static void send(PreparedStatement call, int caller, long revision) throws SQLException {
    call.setString(1, "session-" + caller);
    call.setLong(2, revision);
    call.setString(3, "operation-" + revision);
    call.setBytes(4, HASH);
    call.setString(5, TYPE);
    call.setString(6, PAYLOAD);
    call.setLong(7, System.currentTimeMillis());
    try (ResultSet row = call.executeQuery()) {
      row.next();
      if (row.getLong(1) != revision + 1) {
        throw new IllegalStateException("the function answered " + row.getLong(1));
      }
    }
  }
}

package dev.belay.postgres;

import dev.belay.store.Tx;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * What the hammer records beside the tables of the store. Triggers write each change of work and
 * leases in the transaction that makes it; so the changes of one lane, piece of work or lease are
 * in the order of their ids, because its lock is held. Stateless, safe for use by many threads.
 */
final class HammerAudit {
  static final String CREATE =
      """
      CREATE TABLE audit (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, xid TEXT NOT NULL,
        lease BOOLEAN NOT NULL, work BIGINT NOT NULL, resource TEXT, old_state TEXT, new_state TEXT,
        old_token BIGINT NOT NULL, new_token BIGINT NOT NULL, old_pos BIGINT NOT NULL,
        new_pos BIGINT NOT NULL, old_until BIGINT NOT NULL, new_until BIGINT NOT NULL,
        at_ms BIGINT NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()) * 1000));
      CREATE TABLE audit_now (xid TEXT PRIMARY KEY, now_ms BIGINT NOT NULL);
      CREATE TABLE told (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, verb TEXT NOT NULL,
        outcome TEXT NOT NULL, work BIGINT NOT NULL, token BIGINT NOT NULL, text TEXT NOT NULL);
      CREATE FUNCTION audit_work() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE o belay_work%ROWTYPE;
      BEGIN
        IF TG_OP = 'UPDATE' THEN o := OLD; END IF;
        INSERT INTO audit (xid, lease, work, resource, old_state, new_state, old_token, new_token,
                           old_pos, new_pos, old_until, new_until)
        VALUES (pg_current_xact_id()::text, false, NEW.id, NEW.queue || '/' || NEW.lane, o.state,
                NEW.state, COALESCE(o.token, 0), NEW.token, COALESCE(o.line_pos, 0),
                COALESCE(NEW.line_pos, 0), COALESCE(o.expires_at_ms, 0),
                COALESCE(NEW.expires_at_ms, 0));
        RETURN NULL;
      END $$;
      CREATE FUNCTION audit_lease() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE o belay_lease%ROWTYPE;
      BEGIN
        IF TG_OP = 'UPDATE' THEN o := OLD; END IF;
        INSERT INTO audit (xid, lease, work, resource, old_state, new_state, old_token, new_token,
                           old_pos, new_pos, old_until, new_until)
        VALUES (pg_current_xact_id()::text, true, 0, NEW.name, o.holder, NEW.holder,
                COALESCE(o.token, 0), NEW.token, 0, 0, COALESCE(o.expires_at_ms, 0),
                NEW.expires_at_ms);
        RETURN NULL;
      END $$;
      CREATE TRIGGER audit AFTER INSERT OR UPDATE ON belay_work
        FOR EACH ROW EXECUTE FUNCTION audit_work();
      CREATE TRIGGER audit AFTER INSERT OR UPDATE ON belay_lease
        FOR EACH ROW EXECUTE FUNCTION audit_lease();
      """;

  private HammerAudit() {}

  /**
   * A change of a row.
   *
   * @param xid the transaction
   * @param work the id of the work; 0 for a lease
   * @param resource the queue and the lane of the work, null if it is in none; the lease's name
   * @param oldState the state of the work or the holder of the lease; null for a new row
   * @param oldPos the position in the line of the lane; 0 for none
   * @param oldUntil the expiry; 0 for none
   * @param atMs the server's clock at the change
   * @param nowMs the instant of the transaction, where a body has recorded it
   */
  record Change(
      String xid,
      boolean lease,
      long work,
      @Nullable String resource,
      @Nullable String oldState,
      String newState,
      long oldToken,
      long newToken,
      long oldPos,
      long newPos,
      long oldUntil,
      long newUntil,
      long atMs,
      @Nullable Long nowMs) {}

  /** What a caller was told of its call. */
  record Told(String verb, String outcome, long work, long token, String text) {}

  /** Records the instant of a body's transaction, with its changes. */
  static void now(Tx tx) {
    tx.handle()
        .createUpdate(
            "INSERT INTO audit_now VALUES (pg_current_xact_id()::text, :now)"
                + " ON CONFLICT DO NOTHING")
        .bind("now", tx.now().toEpochMilli())
        .execute();
  }

  static void tell(Handle handle, Collection<Told> all) {
    var batch =
        handle.prepareBatch(
            "INSERT INTO told (verb, outcome, work, token, text)"
                + " VALUES (:verb, :outcome, :work, :token, :text)");
    for (Told told : all) {
      batch
          .bind("verb", told.verb())
          .bind("outcome", told.outcome())
          .bind("work", told.work())
          .bind("token", told.token())
          .bind("text", told.text())
          .add();
    }
    batch.execute();
  }

  /** The changes in their order. */
  static List<Change> changes(Handle handle) {
    return handle
        .createQuery(
            "SELECT a.xid, lease, work, resource, old_state, new_state, old_token, new_token,"
                + " old_pos, new_pos, old_until, new_until, at_ms, now_ms"
                + " FROM audit a LEFT JOIN audit_now n ON n.xid = a.xid ORDER BY a.id")
        .map(ConstructorMapper.of(Change.class))
        .list();
  }

  static List<Told> told(Handle handle) {
    return handle
        .createQuery("SELECT verb, outcome, work, token, text FROM told ORDER BY id")
        .map(ConstructorMapper.of(Told.class))
        .list();
  }
}

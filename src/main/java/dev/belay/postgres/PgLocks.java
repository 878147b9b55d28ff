package dev.belay.postgres;

import dev.belay.engine.RowLocks;
import dev.belay.store.Tx;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The locks of verbs as row locks, and as advisory locks where there is no row. A transaction that
 * only reads takes none. Stateless, safe for use by many threads.
 */
final class PgLocks implements RowLocks {
  /* The advisory locks of one database are shared with its applications: the key of a lock is a
   * hash of 64 bits, whose seed is one of these numbers.
   */
  private static final long MAINTENANCE = 0x62656c6179_01L;
  private static final long SESSIONS = 0x62656c6179_02L;
  private static final long LEASES = 0x62656c6179_03L;
  private static final long LANES = 0x62656c6179_05L;

  private static @Nullable PgLockDao dao(Tx tx) {
    return tx.writable() ? tx.attach(PgLockDao.class) : null;
  }

  @Override
  public void maintenance(Tx tx, String kind) {
    PgLockDao dao = dao(tx);
    if (dao != null) {
      dao.name(kind, MAINTENANCE);
    }
  }

  @Override
  public void session(Tx tx, String id) {
    PgLockDao dao = dao(tx);
    if (dao != null && dao.session(id).isEmpty()) {
      dao.name(id, SESSIONS);
      dao.session(id); // another transaction may have made it meanwhile
    }
  }

  @Override
  public long lease(Tx tx, String name) {
    PgLockDao dao = dao(tx);
    if (dao == null) {
      return 0;
    }
    Long token = dao.lease(name).orElse(null);
    if (token == null) {
      dao.name(name, LEASES);
      token = dao.lease(name).orElse(0L);
    }
    return token;
  }

  @Override
  public void lanes(Tx tx, SortedSet<Lane> lanes) {
    for (Lane lane : lanes) {
      long unused = lane(tx, lane.queue(), lane.name());
    }
  }

  @Override
  public long lane(Tx tx, String queue, String lane) {
    PgLockDao dao = dao(tx);
    if (dao == null) {
      return 0;
    }
    Long token = dao.lane(queue, lane).orElse(null);
    if (token == null) {
      dao.name(queue.length() + queue + lane, LANES);
      token = dao.lane(queue, lane).orElse(0L);
    }
    return token;
  }

  @Override
  public void laneToAdd(Tx tx, String queue, String lane) {
    PgLockDao dao = dao(tx);
    while (dao != null && dao.lane(queue, lane).isEmpty()) {
      dao.addLane(queue, lane);
    }
  }

  @Override
  public void laneGranted(Tx tx, String queue, String lane, long token) {
    PgLockDao dao = dao(tx);
    if (dao != null) {
      dao.laneGranted(queue, lane, token);
    }
  }

  @Override
  public void work(Tx tx, long id) {
    PgLockDao dao = dao(tx);
    if (dao != null) {
      dao.work(id);
    }
  }
}

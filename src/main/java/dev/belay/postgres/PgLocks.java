package dev.belay.postgres;

import dev.belay.engine.RowLocks;
import dev.belay.store.Tx;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The locks of verbs as row locks, and as advisory locks where there is no row. A transaction that
 * only reads takes none. Safe for use by many threads.
 */
final class PgLocks implements RowLocks {
  /* The advisory locks of one database are shared with its applications: the key of a lock is a
   * hash of 64 bits, whose seed is one of these numbers.
   */
  private static final long MAINTENANCE = 0x62656c6179_01L;
  private static final long SESSIONS = 0x62656c6179_02L;
  private static final long LEASES = 0x62656c6179_03L;
  private static final long LANES = 0x62656c6179_05L;

  /** The number of lanes that one call of {@link #forgetLanes} looks at: 500. */
  static final int LANES_MAX = 500;

  /** Where the next {@link #forgetLanes} of a queue begins. */
  private final Map<String, String> places = new ConcurrentHashMap<>();

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

  /** Adds a row that is missing while no one else uses the lane without one. */
  @Override
  public void lanes(Tx tx, SortedSet<Lane> lanes) {
    PgLockDao dao = dao(tx);
    for (Lane lane : lanes) {
      while (dao != null && dao.lane(lane.queue(), lane.name()).isEmpty()) {
        dao.name(nameOf(lane.queue(), lane.name()), LANES);
        PgLaneDao rows = tx.attach(PgLaneDao.class);
        if (rows.add(lane.queue(), lane.name()) > 0) {
          rows.raise(lane.queue(), lane.name(), floorOf(lane.queue()));
        }
      }
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
      dao.name(nameOf(queue, lane), LANES);
      token =
          dao.lane(queue, lane)
              .or(() -> tx.attach(PgLaneDao.class).floor(floorOf(queue)))
              .orElse(0L);
    }
    return token;
  }

  private static String nameOf(String queue, String lane) {
    return queue.length() + queue + lane;
  }

  private static String floorOf(String queue) {
    return "lanes of " + queue;
  }

  @Override
  public void forgetLanes(Tx tx, String queue) {
    PgLaneDao dao = tx.attach(PgLaneDao.class);
    String after = places.getOrDefault(queue, "");
    String last = dao.ahead(queue, after, LANES_MAX - 1).orElse(null);
    long floor = 0;
    for (String lane : dao.lockIdle(queue, after, last)) {
      floor = Math.max(floor, dao.delete(queue, lane).orElse(0L));
    }
    if (floor > 0) {
      dao.raiseFloor(floorOf(queue), floor);
    }
    places.put(queue, last == null ? "" : last);
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

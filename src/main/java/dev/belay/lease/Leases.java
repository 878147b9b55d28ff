package dev.belay.lease;

import dev.belay.engine.RowLocks;
import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.engine.TxCheck;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Acquisition.Held;
import dev.belay.lease.Renewal.Lost;
import dev.belay.lease.Renewal.Renewed;
import dev.belay.store.BelayObserver.LeaseEvent.Outcome;
import dev.belay.store.CheckReturnValue;
import dev.belay.store.StoreException;
import dev.belay.store.TextRule;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a store. Safe for use by many threads.
 *
 * <p>Every verb has two forms: without a {@link Tx} it is a transaction of its own, with a {@code
 * Tx} it is part of that transaction. Rules for both:
 *
 * <ul>
 *   <li>A name has at most one live lease. A lease is expired when {@code expiresAt <= now},
 *       whether or not another holder has acquired the name since. {@code now} is the instant of
 *       the transaction, which is read after the transaction got the write lock.
 *   <li>Verbs use only the name and the token of a {@link Lease}. A lost lease stays lost, even if
 *       the same holder has acquired the name again: no verb that gets the lost lease changes
 *       anything.
 *   <li>A ttl is rounded down to milliseconds and must then be from 1 ms to {@link Ttl#MAX}, both
 *       inclusive. Names and holders follow {@link TextRule#id}. Otherwise the verb throws {@link
 *       IllegalArgumentException}, and nothing has been read or written.
 *   <li>With the {@code Tx} of another store, a verb throws {@link IllegalArgumentException}. With
 *       the {@code Tx} of a {@code read} or {@code call}, a writing verb throws {@link
 *       IllegalStateException}.
 *   <li>A writing verb writes all its changes or none. If it throws after it has begun to write,
 *       the whole transaction of {@code tx} is rolled back, even if the body catches the exception.
 *       After a refusal, and after an exception before the first write, {@code tx} is unchanged and
 *       usable.
 *   <li>For operating failures, interrupts and waiting the rules of {@link
 *       dev.belay.store.TxRunner} apply.
 * </ul>
 */
public final class Leases {
  /** The maximum number of leases that one call lists: 10,000. */
  public static final int LIMIT_MAX = 10_000;

  /**
   * The time for which the store keeps a lapsed lease that no holder has acquired again: 7 days
   * after its expiry. During that time the next holder learns which holder it displaces. Afterwards
   * the next grant of a new name has the lapsed lease deleted, after its commit.
   */
  public static final Duration RETENTION = Duration.ofDays(7);

  private final StoreEngine engine;
  private final TokenSpace tokens;
  private final LeaseKeeper.Shared keeping;
  private final LapsedLeases lapsed;
  private final GroupedLeases grouped;

  /**
   * Creates the leases of a store. For Belay itself; an application calls {@code Belay.leases()}.
   *
   * @param atClose receives the action that closes all open keepers. The action must run while the
   *     store still accepts {@link StoreEngine#verbFirstAsync}; it does not wait and never throws
   */
  public Leases(StoreEngine engine, TokenSpace tokens, Consumer<Runnable> atClose) {
    this(engine, tokens, new KeeperThread(engine));
    atClose.accept(this::closeKeepers);
  }

  Leases(StoreEngine engine, TokenSpace tokens, KeeperTimer timer) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.tokens = Objects.requireNonNull(tokens, "tokens");
    this.lapsed = new LapsedLeases(engine);
    this.grouped = new GroupedLeases(engine);
    this.keeping = new LeaseKeeper.Shared(engine, timer, ConcurrentHashMap.newKeySet());
  }

  /**
   * Asks for the lease of {@code name} until {@code ttl} from now. While a live lease exists, every
   * caller is refused, including its own holder, which should use the lease that it already has.
   *
   * @param holder a label of the caller, for logs and for people; it gives no right
   */
  @CheckReturnValue
  public Acquisition acquire(String name, String holder, Duration ttl) {
    checkAcquire(name, holder, ttl);
    Acquisition together = grouped.acquire(name, holder, Ttl.toMs(ttl));
    return together != null ? together : engine.verb(tx -> acquire(tx, name, holder, ttl));
  }

  /** As {@link #acquire(String, String, Duration)}, in {@code tx}. */
  @CheckReturnValue
  public Acquisition acquire(Tx tx, String name, String holder, Duration ttl) {
    checkAcquire(name, holder, ttl);
    return engine.all(tx, "Leases.acquire", all -> acquireAll(all, name, holder, Ttl.toMs(ttl)));
  }

  private Acquisition acquireAll(Tx tx, String name, String holder, long ttlMs) {
    LeaseDao dao = tx.attach(LeaseDao.class);
    Instant now = tx.now();
    long lastToken = RowLocks.of(tx).lease(tx, name);
    Optional<Lease> last = dao.last(name);
    if (last.isPresent() && last.get().expiresAt().isAfter(now)) {
      Lease live = last.get();
      LeaseReports.reportHeld(tx, name, holder);
      return new Held(live.holder(), live.token(), live.expiresAt());
    }
    Lease lease = grant(tx, dao, name, holder, ttlMs, lastToken);
    if (last.isEmpty()) {
      lapsed.look(tx);
    }
    Displaced displaced =
        last.map(lapsed -> new Displaced(lapsed.holder(), lapsed.token(), lapsed.expiresAt()))
            .orElse(null);
    LeaseReports.reportGrant(tx, lease, displaced);
    return new Granted(lease, displaced);
  }

  private Lease grant(Tx tx, LeaseDao dao, String name, String holder, long ttlMs, long lastToken) {
    long nowMs = tx.now().toEpochMilli();
    long expiresAtMs = Ttl.expiryMs(nowMs, ttlMs);
    long token = tokens.next(tx, 1, lastToken);
    if (dao.grant(name, holder, token, nowMs, expiresAtMs) != 1) {
      throw new StoreException("lease '" + name + "' was free, yet was not written", null);
    }
    return new Lease(name, holder, token, tx.now(), Instant.ofEpochMilli(expiresAtMs));
  }

  /**
   * Renews {@code lease} until {@code ttl} from now, which may be earlier than its current expiry.
   * The renewal runs before other waiting writes. The token does not change.
   *
   * <p>{@code Lost} means that the token is stale: another holder may already be working. Stop
   * first, clean up second.
   *
   * @throws dev.belay.store.StoreBusyException if another process kept the write lock; the lease is
   *     as it was
   */
  @CheckReturnValue
  public Renewal renew(Lease lease, Duration ttl) {
    checkRenew(lease, ttl);
    return engine.verbFirst(new LeaseRenewal(this, lease, ttl));
  }

  /** As {@link #renew(Lease, Duration)}, in {@code tx}. */
  @CheckReturnValue
  public Renewal renew(Tx tx, Lease lease, Duration ttl) {
    checkRenew(lease, ttl);
    return engine.all(tx, "Leases.renew", all -> renewAll(all, lease, Ttl.toMs(ttl)));
  }

  private static Renewal renewAll(Tx tx, Lease lease, long ttlMs) {
    long nowMs = tx.now().toEpochMilli();
    Optional<Lease> renewed =
        tx.attach(LeaseDao.class)
            .renew(lease.name(), lease.token(), nowMs, Ttl.expiryMs(nowMs, ttlMs));
    LeaseReports.report(tx, lease, renewed.isPresent() ? Outcome.RENEWED : Outcome.LOST);
    return renewed.<Renewal>map(Renewed::new).orElseGet(Lost::new);
  }

  /**
   * Ends {@code lease} before its expiry, so that the name is free.
   *
   * @return false if the lease was already lost; a lease of another holder is not changed
   */
  public boolean release(Lease lease) {
    Objects.requireNonNull(lease, "lease");
    return grouped.release(lease, () -> releaseAlone(lease));
  }

  private boolean releaseAlone(Lease lease) {
    try {
      return engine.verb(tx -> release(tx, lease));
    } catch (StoreException e) {
      throw e;
    } catch (JdbiException e) { // a deferred constraint of the application keeps the row
      return engine.verb(tx -> end(tx, lease, LeaseDao::expire));
    }
  }

  /** As {@link #release(Lease)}, in {@code tx}. */
  public boolean release(Tx tx, Lease lease) {
    Objects.requireNonNull(lease, "lease");
    return engine.all(tx, "Leases.release", all -> end(all, lease, LeaseDao::end));
  }

  private interface End {
    int of(LeaseDao dao, String name, long token, long nowMs);
  }

  private static boolean end(Tx tx, Lease lease, End end) {
    long nowMs = tx.now().toEpochMilli();
    int released = end.of(tx.attach(LeaseDao.class), lease.name(), lease.token(), nowMs);
    LeaseReports.report(tx, lease, released == 1 ? Outcome.RELEASED : Outcome.LOST);
    return released == 1;
  }

  /** Returns the live lease of a name. */
  public Optional<Lease> find(String name) {
    TextRule.id("lease name", name);
    return engine.read(tx -> find(tx, name));
  }

  /** As {@link #find(String)}, in {@code tx}. */
  public Optional<Lease> find(Tx tx, String name) {
    TxCheck.reading(tx, engine, "Leases.find");
    TextRule.id("lease name", name);
    return tx.attach(LeaseDao.class).find(name, tx.now().toEpochMilli());
  }

  /**
   * Returns one page of the live leases, in the order of their names' code points.
   *
   * <p>Lapsed leases that the store still keeps are read and skipped, which costs time but no place
   * in the page: an index by name cannot exclude them, because only the time shows that they have
   * lapsed.
   *
   * @param afterName the last name of the previous page, null for the first page
   * @param limit maximum number of leases, from 1 to {@link #LIMIT_MAX}
   */
  public List<Lease> list(@Nullable String afterName, int limit) {
    checkList(afterName, limit);
    return engine.read(tx -> list(tx, afterName, limit));
  }

  /** As {@link #list(String, int)}, in {@code tx}. */
  public List<Lease> list(Tx tx, @Nullable String afterName, int limit) {
    TxCheck.reading(tx, engine, "Leases.list");
    checkList(afterName, limit);
    String after = afterName == null ? "" : afterName;
    return tx.attach(LeaseDao.class).list(after, tx.now().toEpochMilli(), limit);
  }

  /**
   * Checks that {@code lease} is live, so that everything that {@code tx} writes depends on it: in
   * a transaction that writes, no other holder is granted the name before the transaction ends. In
   * a transaction that only reads, the lease may already have changed since the snapshot.
   *
   * @throws LeaseLostException if the lease is no longer live; a body that does not catch it is
   *     rolled back
   */
  public void require(Tx tx, Lease lease) {
    TxCheck.reading(tx, engine, "Leases.require");
    Objects.requireNonNull(lease, "lease");
    RowLocks.of(tx).lease(tx, lease.name());
    boolean live =
        find(tx, lease.name()).filter(found -> found.token() == lease.token()).isPresent();
    if (!live) {
      throw new LeaseLostException(lease);
    }
  }

  /**
   * Keeps {@code lease} until the keeper is closed, which releases the lease, or until the lease is
   * lost. The keeper renews immediately, and then every third of {@code ttl}. After an operating
   * failure it retries after a short time, until the lease expires.
   *
   * <p>This method waits for the first renewal. If that fails as {@link #renew} can fail, the
   * exception is thrown and there is no keeper. If the lease is already lost, the returned keeper
   * is not held, and {@code onLost} is called.
   *
   * <p>A keeper that is not closed continues while the store is open. {@code Belay.close()} closes
   * it last, after the workers have stopped and the accepted bodies have run; if the lease cannot
   * be released then, it expires by itself.
   *
   * @param ttl the duration of each renewal: if this process dies, the lease lives for at most this
   *     time
   * @param onLost called when the lease is lost, with the lease as of its last renewal, on a {@code
   *     belay-callback} thread; at most once, and never after the keeper is closed
   */
  public LeaseKeeper keep(Lease lease, Duration ttl, Consumer<Lease> onLost) {
    checkRenew(lease, ttl);
    Objects.requireNonNull(onLost, "onLost");
    UnaryOperator<Runnable> context = engine.context();
    Consumer<Lease> carried = lost -> context.apply(() -> onLost.accept(lost)).run();
    LeaseKeeper keeper = new LeaseKeeper(this, keeping, lease, ttl, carried);
    keeper.start();
    return keeper;
  }

  private void closeKeepers() {
    for (LeaseKeeper keeper : keeping.keepers()) {
      try {
        CompletableFuture<Boolean> released = keeper.release();
        boolean unused = released.isDone(); // the closing store runs the release or fails it
      } catch (Throwable e) {
        engine.warn("a lease could not be released; it expires by itself", e);
      }
    }
  }

  private static void checkAcquire(String name, String holder, Duration ttl) {
    TextRule.id("lease name", name);
    TextRule.id("holder", holder);
    Ttl.toMs(ttl);
  }

  private static void checkRenew(Lease lease, Duration ttl) {
    Objects.requireNonNull(lease, "lease");
    Ttl.toMs(ttl);
  }

  private static void checkList(@Nullable String afterName, int limit) {
    if (afterName != null) {
      TextRule.id("afterName", afterName);
    }
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new IllegalArgumentException("limit must be from 1 to " + LIMIT_MAX + ": " + limit);
    }
  }
}

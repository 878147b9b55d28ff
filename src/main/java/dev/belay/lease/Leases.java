package dev.belay.lease;

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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a store. Safe for use by many threads.
 *
 * <p>Every verb has two forms: alone it is a transaction of its own; with a {@link Tx} it is part
 * of that one. What holds for both:
 *
 * <ul>
 *   <li>A name has at most one live lease. Something with {@code expiresAt <= now} is expired, at
 *       that very millisecond, whether or not anybody has taken it over; {@code now} is the instant
 *       of the transaction, read once the right to write is held.
 *   <li>Of a {@link Lease} only name and token count. A lease that is lost stays lost, also when
 *       the same holder has acquired the name again: no verb with it changes anything.
 *   <li>A ttl is cut to milliseconds, and must then be from 1 ms to {@link Ttl#MAX}; names and
 *       holders follow {@link TextRule#id}. Else {@link IllegalArgumentException}, and nothing has
 *       been read or written.
 *   <li>With the {@code Tx} of another store a verb throws {@link IllegalArgumentException}; a
 *       writing verb with the {@code Tx} of a {@code read} or {@code call} throws {@link
 *       IllegalStateException}.
 *   <li>A writing verb does all that it does or nothing. If it throws after it has begun to write,
 *       nothing of {@code tx} can be kept, whatever the body does with the exception; a refusal,
 *       and an exception before that, leave {@code tx} as it was.
 *   <li>Operating failures, interrupts and waiting are those of {@link dev.belay.store.TxRunner}.
 * </ul>
 */
public final class Leases {
  /** How many leases one call lists. */
  public static final int LIMIT_MAX = 10_000;

  /**
   * How long the store remembers a lapsed lease that nobody has taken over, so that its successor
   * learns whom it displaces. After that it goes with one of the next grants of a new name.
   */
  public static final Duration RETENTION = Duration.ofDays(7);

  /** How many lapsed leases one grant forgets: more than it adds, so that they come to an end. */
  static final int FORGET_MAX = 16;

  private final StoreEngine engine;
  private final TokenSpace tokens;
  private final KeeperTimer timer;
  private final Set<LeaseKeeper> keepers = ConcurrentHashMap.newKeySet();

  /**
   * For Belay itself; users get theirs from {@code Belay.leases()}.
   *
   * @param atClose takes what closes the keepers that are open: to be run while the store still
   *     takes {@link StoreEngine#verbFirstAsync}; it does not wait and never throws
   */
  public Leases(StoreEngine engine, TokenSpace tokens, Consumer<Runnable> atClose) {
    this(engine, tokens, new KeeperThread(engine));
    atClose.accept(this::closeKeepers);
  }

  Leases(StoreEngine engine, TokenSpace tokens, KeeperTimer timer) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.tokens = Objects.requireNonNull(tokens, "tokens");
    this.timer = timer;
  }

  /**
   * Asks for {@code name} until {@code ttl} from now. A live lease refuses everyone, its own holder
   * too: use the lease you have.
   *
   * @param holder who asks: a label for people to read, which gives no right
   */
  @CheckReturnValue
  public Acquisition acquire(String name, String holder, Duration ttl) {
    checkAcquire(name, holder, ttl);
    return engine.verb(tx -> acquire(tx, name, holder, ttl));
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
    Optional<Lease> last = dao.last(name);
    if (last.isPresent() && last.get().expiresAt().isAfter(now)) {
      Lease live = last.get();
      LeaseTold.held(tx, name, holder);
      return new Held(live.holder(), live.token(), live.expiresAt());
    }
    Lease lease = grant(tx, dao, name, holder, ttlMs);
    if (last.isEmpty()) {
      dao.forget(now.minus(RETENTION).toEpochMilli(), FORGET_MAX);
    }
    return new Granted(
        lease,
        last.map(lapsed -> new Displaced(lapsed.holder(), lapsed.token(), lapsed.expiresAt()))
            .orElse(null));
  }

  private Lease grant(Tx tx, LeaseDao dao, String name, String holder, long ttlMs) {
    long nowMs = tx.now().toEpochMilli();
    long expiresAtMs = Ttl.expiryMs(nowMs, ttlMs);
    long token = tokens.next(tx);
    if (dao.grant(name, holder, token, nowMs, expiresAtMs) != 1) {
      throw new StoreException("lease '" + name + "' was free, yet was not written", null);
    }
    Lease lease = new Lease(name, holder, token, tx.now(), Instant.ofEpochMilli(expiresAtMs));
    LeaseTold.tell(tx, lease, Outcome.GRANTED);
    return lease;
  }

  /**
   * Renews {@code lease} until {@code ttl} from now, which may be earlier than it was. Goes ahead
   * of other writes that wait. The token stays.
   *
   * <p>{@code Lost} means the token is stale: someone else may already be working. Stop first,
   * clean up second.
   *
   * @throws dev.belay.store.StoreBusyException if another process kept the write lock; the lease is
   *     as it was
   */
  @CheckReturnValue
  public Renewal renew(Lease lease, Duration ttl) {
    checkRenew(lease, ttl);
    return engine.verbFirst(tx -> renew(tx, lease, ttl));
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
    LeaseTold.tell(tx, lease, renewed.isPresent() ? Outcome.RENEWED : Outcome.LOST);
    return renewed.<Renewal>map(Renewed::new).orElseGet(Lost::new);
  }

  /**
   * Ends {@code lease} early, so that the name is free.
   *
   * @return false if the lease was lost already; whoever holds the name then keeps it
   */
  public boolean release(Lease lease) {
    Objects.requireNonNull(lease, "lease");
    return engine.verb(tx -> release(tx, lease));
  }

  /** As {@link #release(Lease)}, in {@code tx}. */
  public boolean release(Tx tx, Lease lease) {
    Objects.requireNonNull(lease, "lease");
    return engine.all(tx, "Leases.release", all -> releaseAll(all, lease));
  }

  private static boolean releaseAll(Tx tx, Lease lease) {
    long nowMs = tx.now().toEpochMilli();
    int released = tx.attach(LeaseDao.class).release(lease.name(), lease.token(), nowMs);
    LeaseTold.tell(tx, lease, released == 1 ? Outcome.RELEASED : Outcome.LOST);
    return released == 1;
  }

  /** The live lease of a name. */
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
   * The live leases in the order of their names' code points, page by page.
   *
   * <p>A lapsed lease that nobody has taken over is passed on the way, for as long as the store
   * remembers it: only its time says that it has lapsed, so no order by name can leave it out.
   *
   * @param afterName the last name of the page before, null for the first page
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
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
   * Makes what {@code tx} writes rest on {@code lease}: if it is live now, nobody else is granted
   * the name before the transaction ends. What a reader finds may be past.
   *
   * @throws LeaseLostException if it is no longer live; a body that lets it through is rolled back
   */
  public void require(Tx tx, Lease lease) {
    TxCheck.reading(tx, engine, "Leases.require");
    Objects.requireNonNull(lease, "lease");
    boolean live =
        find(tx, lease.name()).filter(found -> found.token() == lease.token()).isPresent();
    if (!live) {
      throw new LeaseLostException(lease);
    }
  }

  /**
   * Keeps {@code lease} until the keeper is closed, which releases it, or the lease is lost. Renews
   * at once, then every third of {@code ttl}; after an operating failure again shortly, until the
   * time is up.
   *
   * <p>The first renewal is waited for, so the keeper knows what it says. It fails as {@link
   * #renew} does, and then there is no keeper; a lease that is lost already gives one that is not
   * held, and tells so.
   *
   * <p>A keeper that nobody closes goes on for as long as the store is open. {@code Belay.close()}
   * closes it last, after the workers have stopped and what the store had accepted has run; if the
   * lease cannot be released then, it expires by itself.
   *
   * @param ttl how long the lease outlives this process, if that dies
   * @param onLost called at most once, with the lease as it was renewed last, on a {@code
   *     belay-callback} thread, when the lease is lost; never once the keeper is closed
   */
  public LeaseKeeper keep(Lease lease, Duration ttl, Consumer<Lease> onLost) {
    checkRenew(lease, ttl);
    Objects.requireNonNull(onLost, "onLost");
    UnaryOperator<Runnable> context = engine.context();
    Consumer<Lease> carried = lost -> context.apply(() -> onLost.accept(lost)).run();
    LeaseKeeper keeper = new LeaseKeeper(this, engine, timer, keepers, lease, ttl, carried);
    keeper.start();
    return keeper;
  }

  private void closeKeepers() {
    for (LeaseKeeper keeper : keepers) {
      try {
        CompletableFuture<Boolean> released = keeper.release();
        boolean unused = released.isDone(); // the store that closes runs it or fails it
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

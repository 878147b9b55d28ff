package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.integration.jdbc.lock.LockRepository;

/**
 * Goal: Spring Integration's lock registry works on Belay's leases. Method: sentences of its {@code
 * JdbcLockRegistryTests}, {@code JdbcLockRegistryDifferentClientTests} and {@code
 * DefaultLockRepositoryTests}, with two repositories on one store as two clients.
 */
@SuppressWarnings("LockNotBeforeTry") // the store of a failed test is gone anyway
class LockRepositoryTest {
  private static final Duration TTL = Duration.ofSeconds(10);

  private final ManualClock clock = new ManualClock();
  private Belay belay;
  private BelayLockRepository mine;
  private BelayLockRepository other;

  @TempDir Path folder;

  @BeforeEach
  void open() {
    belay = Belay.open(folder.resolve("store.db"), BelayOptions.defaults().withClock(clock));
    mine = new BelayLockRepository(belay.leases());
    other = new BelayLockRepository(belay.leases());
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Test
  void a_lock_excludes_another_client_until_it_is_released() {
    assertThat(mine.acquire("a", TTL)).isTrue();
    assertThat(other.acquire("a", TTL)).isFalse();
    assertThat(mine.isAcquired("a")).isTrue();
    assertThat(other.isAcquired("a")).isFalse();
    assertThat(other.delete("a")).isFalse();
    assertThat(mine.delete("a")).isTrue();
    assertThat(other.acquire("a", TTL)).isTrue();
  }

  @Test
  void a_client_that_asks_again_extends_its_lock() {
    assertThat(mine.acquire("a", TTL)).isTrue();
    clock.advance(TTL.minusMillis(1));
    assertThat(mine.acquire("a", TTL)).isTrue();
    clock.advance(TTL.minusMillis(1));
    assertThat(mine.isAcquired("a")).isTrue();
    assertThat(other.acquire("a", TTL)).isFalse();
  }

  @Test
  void a_lock_is_renewed_only_while_it_is_held() {
    assertThat(mine.renew("a", TTL)).isFalse();
    assertThat(mine.acquire("a", TTL)).isTrue();
    assertThat(mine.renew("a", TTL)).isTrue();
    clock.advance(TTL);
    assertThat(mine.renew("a", TTL)).isFalse();
    assertThat(mine.isAcquired("a")).isFalse();
  }

  @Test
  void a_lock_that_lapsed_can_be_acquired_by_both() {
    assertThat(mine.acquire("a", TTL)).isTrue();
    clock.advance(TTL);
    mine.deleteExpired();
    assertThat(other.acquire("a", TTL)).isTrue();
    assertThat(mine.acquire("a", TTL)).isFalse();
    assertThat(mine.delete("a")).as("the lock of another").isFalse();
    assertThat(other.isAcquired("a")).isTrue();
    clock.advance(TTL);
    assertThat(mine.acquire("a", TTL)).isTrue();
  }

  @Test
  void closing_releases_every_lock() {
    assertThat(mine.acquire("a", TTL)).isTrue();
    assertThat(mine.acquire("b", TTL)).isTrue();
    mine.close();
    assertThat(other.acquire("a", TTL)).isTrue();
    assertThat(other.acquire("b", TTL)).isTrue();
  }

  @Test
  void a_registry_locks_again_and_unlocks_as_often() {
    Lock lock = new JdbcLockRegistry(mine, TTL).obtain("a");
    lock.lock();
    assertThat(lock.tryLock()).isTrue();
    lock.unlock();
    assertThat(otherRegistry().obtain("a").tryLock()).isFalse();
    lock.unlock();
    Lock others = otherRegistry().obtain("a");
    assertThat(others.tryLock()).isTrue();
    others.unlock();
  }

  private JdbcLockRegistry otherRegistry() {
    return new JdbcLockRegistry(other, TTL);
  }

  @Test
  void another_thread_of_a_registry_is_excluded() throws Exception {
    JdbcLockRegistry registry = new JdbcLockRegistry(mine, TTL);
    Lock lock = registry.obtain("a");
    lock.lock();
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(() -> registry.obtain("a").tryLock());
    assertThat(Patience.get(second)).isFalse();
    lock.unlock();
  }

  @Test
  void a_registry_renews_a_lock() {
    JdbcLockRegistry registry = new JdbcLockRegistry(mine, TTL);
    Lock lock = registry.obtain("a");
    lock.lock();
    clock.advance(TTL.minusMillis(1));
    registry.renewLock("a");
    clock.advance(TTL.minusMillis(1));
    assertThat(otherRegistry().obtain("a").tryLock()).isFalse();
    lock.unlock();
  }

  @Test
  void an_unlock_after_the_lock_lapsed_is_told() {
    Lock lock = new JdbcLockRegistry(mine, TTL).obtain("a");
    lock.lock();
    clock.advance(TTL);
    Lock others = otherRegistry().obtain("a");
    assertThat(others.tryLock()).isTrue();
    assertThatThrownBy(lock::unlock).isInstanceOf(ConcurrentModificationException.class);
    others.unlock();
  }

  @Test
  void only_one_of_two_registries_is_inside() throws ExecutionException, InterruptedException {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger turns = new AtomicInteger();
    CompletableFuture<?> first = turns(new JdbcLockRegistry(mine, TTL), inside, turns);
    CompletableFuture<?> second = turns(otherRegistry(), inside, turns);
    Patience.get(first);
    Patience.get(second);
    assertThat(turns).hasValue(40);
  }

  private static CompletableFuture<?> turns(
      JdbcLockRegistry registry, AtomicInteger inside, AtomicInteger turns) {
    registry.setIdleBetweenTries(Duration.ofMillis(1));
    return CompletableFuture.runAsync(
        () -> {
          for (int i = 0; i < 20; i++) {
            Lock lock = registry.obtain("a");
            lock.lock();
            assertThat(inside.incrementAndGet()).isEqualTo(1);
            turns.incrementAndGet();
            inside.decrementAndGet();
            lock.unlock();
          }
        });
  }

  @Test
  void the_repository_is_a_bean_unless_the_application_has_one() {
    String store = Contexts.property(TestStores.SQLITE, folder);
    Contexts.withStarter()
        .withPropertyValues(store)
        .run(context -> assertThat(context).hasSingleBean(BelayLockRepository.class));
    Contexts.withStarter()
        .withPropertyValues(store)
        .withBean("mine", LockRepository.class, () -> mine)
        .run(context -> assertThat(context).hasSingleBean(LockRepository.class).hasBean("mine"));
  }
}

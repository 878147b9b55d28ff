package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.engine.Registration;
import dev.belay.engine.StoreEngine;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.queue.NewWork;
import dev.belay.testing.Standstill;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.security.ProtectionDomain;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: no thread of Belay carries anything of the thread that happened to need it first. Method: a
 * first caller with everything that can be inherited makes every kind of thread; what runs on them
 * looks around.
 */
@NeedsSharing // in memory there is nothing to watch
@OnEachForm
class ThreadsTest {
  private static final InheritableThreadLocal<String> USER = new InheritableThreadLocal<>();
  private static final List<String> PLACES =
      List.of("body", "read", "call", "hook", "future", "handler", "onLost", "watcher");

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @Test
  void nothing_of_the_first_caller_reaches_code_of_others() throws Exception {
    Map<String, String> seen = new ConcurrentHashMap<>();
    CountDownLatch all = new CountDownLatch(PLACES.size());
    Consumer<String> look =
        place -> {
          if (seen.putIfAbsent(place, seenHere()) == null) {
            all.countDown();
          }
        };
    try (Belay belay = store.fresh()) {
      onThreadOfAlice(() -> useEveryThread(belay, look));
      Standstill.await(all);
    }

    String nothing = "null 5 root belay's";
    assertThat(seen)
        .hasSameSizeAs(PLACES)
        .allSatisfy((place, what) -> assertThat(what).as(place).isEqualTo(nothing));
  }

  @Test
  void the_classes_of_the_first_caller_can_be_unloaded() throws Exception {
    try (Belay belay = store.fresh()) {
      WeakReference<ClassLoader> loader = useThroughALoaderOfItsOwn(belay);

      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (loader.get() != null && System.nanoTime() - deadline < 0) {
        System.gc();
        LockSupport.parkNanos(10_000_000);
      }
      assertThat(loader.get()).isNull();
    }
  }

  private static WeakReference<ClassLoader> useThroughALoaderOfItsOwn(Belay belay)
      throws Exception {
    OneClassLoader loader = new OneClassLoader(FirstCaller.class.getName());
    @SuppressWarnings("unchecked")
    Consumer<Belay> caller =
        (Consumer<Belay>)
            loader.loadClass(FirstCaller.class.getName()).getDeclaredConstructor().newInstance();
    assertThat(caller.getClass().getClassLoader()).isSameAs(loader);
    Thread thread = new Thread(() -> caller.accept(belay));
    thread.setContextClassLoader(loader);
    thread.start();
    thread.join();
    return new WeakReference<>(loader);
  }

  /** What makes the threads of a store, from classes that are to go. */
  public static final class FirstCaller implements Consumer<Belay> {
    @Override
    public void accept(Belay belay) {
      belay.tx().writeAsync(tx -> 1).join();
      belay.tx().readAsync(tx -> 1).join();
      Lease lease =
          belay.leases().acquire("l", "a", Duration.ofSeconds(60)).granted().orElseThrow();
      belay.leases().keep(lease, Duration.ofSeconds(60), lost -> {}).close();
      belay.queue("q").worker((claim, context) -> {}).start().close();
    }
  }

  private static void useEveryThread(Belay belay, Consumer<String> look) {
    belay.tx().callAsync(tx -> accept(look, "call")).join();
    belay.tx().readAsync(tx -> accept(look, "read")).join();
    CountDownLatch attached = new CountDownLatch(1);
    var future =
        belay
            .tx()
            .writeAsync(
                tx -> {
                  tx.afterCommit(() -> look.accept("hook"));
                  Standstill.await(attached);
                  return accept(look, "body");
                })
            .thenAccept(unused -> look.accept("future"));
    attached.countDown();
    future.join();
    Lease lease = belay.leases().acquire("l", "a", Duration.ofMillis(100)).granted().orElseThrow();
    var keeper = belay.leases().keep(lease, Duration.ofSeconds(1), lost -> look.accept("onLost"));
    boolean unused = belay.leases().release(keeper.lease());
    // its worker, which the store stops, waits through the waker, which watches for commits
    var worker = belay.queue("q").worker((claim, context) -> look.accept("handler")).start();
    assertThat(worker.isRunning()).isTrue();
    StoreEngine engine = (StoreEngine) belay.tx();
    CountDownLatch watched = new CountDownLatch(1);
    Registration watching =
        engine.watch(
            () -> {
              if (Thread.currentThread().getName().equals("belay-watch")) {
                look.accept("watcher");
                watched.countDown();
              }
            });
    belay.queue("q").enqueue(NewWork.of("w"));
    Standstill.await(watched);
    assertThat(watching).isNotNull();
  }

  private static int accept(Consumer<String> look, String place) {
    look.accept(place);
    return 1;
  }

  private static void onThreadOfAlice(Runnable task) throws InterruptedException {
    ThreadGroup group = new ThreadGroup("alice's");
    group.setMaxPriority(Thread.MIN_PRIORITY);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread alice =
        new Thread(
            group,
            () -> {
              USER.set("alice");
              try {
                task.run();
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    alice.setContextClassLoader(new OneClassLoader("none"));
    alice.start();
    alice.join();
    assertThat(failure).hasNullValue();
  }

  private static String seenHere() {
    Thread here = Thread.currentThread();
    return USER.get()
        + " "
        + here.getPriority()
        + " "
        + (here.getThreadGroup().getParent() == null ? "root" : "group")
        + " "
        + (here.getContextClassLoader() == Belay.class.getClassLoader() ? "belay's" : "alice's");
  }

  /** Loads one class itself, from the bytes of the class path. */
  private static final class OneClassLoader extends ClassLoader {
    private final String own;

    OneClassLoader(String own) {
      super(ThreadsTest.class.getClassLoader());
      this.own = own;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(own)) {
        return super.loadClass(name, resolve);
      }
      try (InputStream bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] code = bytes.readAllBytes();
        // a protection domain with this loader, by which a thread of JDK 17 may keep it
        ProtectionDomain domain = new ProtectionDomain(null, null, this, null);
        return defineClass(name, code, 0, code.length, domain);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

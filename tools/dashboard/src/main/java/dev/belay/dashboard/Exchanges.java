package dev.belay.dashboard;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the exchanges of an HTTP server on a bounded number of threads, each for a bounded time.
 * Safe for use by many threads.
 *
 * <ol>
 *   <li>The JDK's server reads a request on the thread that answers it, so a client that sends
 *       slowly occupies a thread. A guard interrupts a thread that has not read the whole request
 *       within {@link #RECEIVE_MAX}, or not answered it within {@link #ANSWER_MAX}: an interrupt
 *       closes the connection that the thread reads or writes.
 *   <li>If all threads are occupied, those that have been receiving for {@link #PATIENCE} are
 *       interrupted, so that no other client waits for slow ones.
 * </ol>
 */
final class Exchanges implements Executor, AutoCloseable {
  /** The maximum time in which a request has to be received: 10 s. */
  static final Duration RECEIVE_MAX = Duration.ofSeconds(10);

  /** The maximum time of a request until its answer was sent: 30 s. */
  static final Duration ANSWER_MAX = Duration.ofSeconds(30);

  /** The time to receive a request while others wait for a thread: 1 s. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /** The maximum number of requests that run at once: 16. */
  static final int THREADS_MAX = 16;

  /** The maximum number of requests that wait for a thread; more are dropped: 256. */
  static final int WAITING_MAX = 256;

  private static final System.Logger LOG = System.getLogger("dev.belay.dashboard");

  /** The request that this thread runs. */
  private static final ThreadLocal<Running> CURRENT = new ThreadLocal<>();

  private final LoopbackGuard guard;
  private final ThreadPoolExecutor threads;
  private final ScheduledThreadPoolExecutor timer;
  private final ScheduledFuture<?> looks;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();

  Exchanges(LoopbackGuard guard) {
    this.guard = guard;
    this.threads =
        new ThreadPoolExecutor(
            THREADS_MAX,
            THREADS_MAX,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_MAX),
            daemons("belay-dashboard-"));
    this.threads.allowCoreThreadTimeOut(true);
    this.timer = new ScheduledThreadPoolExecutor(1, daemons("belay-dashboard-timer-"));
    this.looks = timer.scheduleWithFixedDelay(this::interruptLate, 250, 250, TimeUnit.MILLISECONDS);
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger numbers = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(null, task, name + numbers.incrementAndGet(), 0, false);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** One request that occupies a thread. Guarded by itself. */
  private static final class Running {
    private final Thread thread = Thread.currentThread();
    private final long since = System.nanoTime();
    private boolean received;
    private boolean ended;

    synchronized void received() {
      received = true;
    }

    /** From now on the thread is not interrupted. */
    synchronized void end() {
      ended = true;
    }

    synchronized void interruptIfLate(long now) {
      interruptAfter(received ? ANSWER_MAX : RECEIVE_MAX, now);
    }

    synchronized void interruptIfReceiving(long now) {
      if (!received) {
        interruptAfter(PATIENCE, now);
      }
    }

    private void interruptAfter(Duration limit, long now) {
      if (!ended && now - since > limit.toNanos()) {
        thread.interrupt();
      }
    }
  }

  @Override
  public void execute(Runnable exchange) {
    try {
      threads.execute(() -> run(exchange));
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.WARNING, "the dashboard dropped a request: too many wait");
      throw e;
    }
  }

  private void run(Runnable exchange) {
    Running mine = new Running();
    CURRENT.set(mine);
    running.add(mine);
    try {
      exchange.run();
    } finally {
      mine.end();
      running.remove(mine);
      CURRENT.remove();
      boolean unused = Thread.interrupted(); // the next request must not be hit
    }
  }

  private void interruptLate() {
    long now = System.nanoTime();
    running.forEach(exchange -> exchange.interruptIfLate(now));
    if (!threads.getQueue().isEmpty()) {
      running.forEach(exchange -> exchange.interruptIfReceiving(now));
    }
  }

  /** Answers one request. */
  void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Optional<String> body = body(exchange);
      Running mine = CURRENT.get();
      if (mine != null) {
        mine.received();
      }
      send(exchange, body.map(form -> answer(exchange, form)).orElseGet(Exchanges::tooLarge));
    }
  }

  private static Optional<String> body(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(DashboardRequest.SIZE_MAX + 1);
    return body.length > DashboardRequest.SIZE_MAX
        ? Optional.empty()
        : Optional.of(new String(body, StandardCharsets.UTF_8));
  }

  private static DashboardResponse tooLarge() {
    return Answers.secured(Answers.plain(413, "A request may have 64 KiB."));
  }

  private DashboardResponse answer(HttpExchange exchange, String form) {
    String path = exchange.getRequestURI().getRawPath();
    String query = exchange.getRequestURI().getRawQuery();
    DashboardRequest request =
        DashboardRequest.of(
                exchange.getRequestMethod(),
                (path == null ? "/" : path) + (query == null ? "" : "?" + query),
                Access.WRITE,
                "local")
            .withBody(form);
    for (String name : List.of("Host", "Origin", "Sec-Fetch-Site", "Cookie")) {
      List<String> values = exchange.getRequestHeaders().getOrDefault(name, List.of());
      if (values.size() > 1) {
        request = request.withHeader(name, String.join(", ", values)); // no value that is allowed
      } else if (!values.isEmpty()) {
        request = request.withHeader(name, values.get(0));
      }
    }
    return guard.handle(request);
  }

  private static void send(HttpExchange exchange, DashboardResponse response) throws IOException {
    byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
    response.headers().forEach(exchange.getResponseHeaders()::set);
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(response.status(), isHead || body.length == 0 ? -1 : body.length);
    if (!isHead && body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    looks.cancel(false);
    timer.shutdownNow();
    threads.shutdownNow();
  }
}

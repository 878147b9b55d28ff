package dev.belay.dashboard;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.RetryPolicy;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A store with something in every place, its dashboard, and a host that asks it as a browser would.
 * Belongs to one test.
 */
final class Fixture implements AutoCloseable {
  static final String ORIGIN = "https://ops.example.com";
  static final Duration TTL = Duration.ofMinutes(2);

  private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([0-9a-f]{64})\"");

  final ManualClock clock = new ManualClock();
  final DashboardObserver observer = new DashboardObserver(new QuietObserver(), clock);
  final Belay belay;
  final BelayDashboard dashboard;

  Fixture(TestStores store, Path folder) {
    belay = store.open(folder, BelayOptions.defaults().withClock(clock).withObserver(observer));
    dashboard = BelayDashboard.of(belay, observer, Access.WRITE);
  }

  @Override
  public void close() {
    belay.close();
  }

  /** Does not log the failures that a test makes. Stateless. */
  private static final class QuietObserver implements dev.belay.store.BelayObserver {
    @Override
    public void attemptFailed(AttemptFailure failure) {}

    @Override
    public void completionLost(String queue, long workId, String worker, int attempt) {}
  }

  DashboardResponse get(String target) {
    return dashboard.handle(request("GET", target, Access.WRITE));
  }

  /** Gets a page until it has {@code text}: observers are notified on a thread of their own. */
  String getWith(String target, String text) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    String body = get(target).body();
    while (!body.contains(text) && System.nanoTime() < endNanos) {
      LockSupport.parkNanos(1_000_000);
      body = get(target).body();
    }
    return body;
  }

  /** Gets the page that asks, and sends its form. */
  DashboardResponse confirm(String target) {
    return dashboard.handle(form(target, csrf(get(target))));
  }

  DashboardRequest form(String target, String csrf) {
    return request("POST", target, Access.WRITE)
        .withHeader("Origin", ORIGIN)
        .withBody("csrf=" + csrf);
  }

  static DashboardRequest request(String method, String target, Access access) {
    return DashboardRequest.of(method, target, access, "ann").withOrigin(ORIGIN);
  }

  static String csrf(DashboardResponse page) {
    Matcher field = CSRF.matcher(page.body());
    if (!field.find()) {
      throw new AssertionError("no form: " + page.body());
    }
    return field.group(1);
  }

  WorkQueue queue(String name) {
    return belay.queue(name, QueueOptions.defaults().withRetry(RetryPolicy.exponential(TTL, TTL)));
  }

  /** Buries new work and returns its id. */
  long buried(String queue, NewWork work, String error) {
    queue(queue).enqueue(work.withPriority(1_000));
    Claim claim = queue(queue).claim("w-1", TTL).orElseThrow();
    queue(queue).bury(claim, error);
    return claim.workId();
  }

  /** Puts something of every kind into the store, and waits until its observer was told. */
  void fill() {
    WorkQueue mail = queue("mail");
    for (int i = 0; i < 7; i++) {
      mail.enqueue(NewWork.of("{\"to\":\"user" + i + "@example.com\"}").withType("welcome"));
    }
    for (Claim claim : mail.claim("worker-a", TTL, 3)) {
      mail.complete(claim, "sent");
    }
    clock.advance(Duration.ofSeconds(40));
    mail.claim("worker-b", TTL, 1);
    var failing = mail.claim("worker-b", TTL).orElseThrow();
    mail.fail(
        failing, "java.net.ConnectException: connection refused\n\tat Smtp.send(Smtp.java:41)");
    mail.cancel(mail.list(dev.belay.queue.WorkState.READY, 0, 1).get(0).id());
    buried(
        "mail",
        NewWork.of("{\"to\":\"nobody\"}").withType("digest").withKey("digest/2026-11-20"),
        "java.lang.IllegalStateException: mailbox does not exist\n\tat Smtp.send(Smtp.java:77)");
    WorkQueue index = queue("index");
    for (int i = 0; i < 5; i++) {
      index.enqueue(NewWork.of("page " + i).withType("crawl").withLane("example.org"));
    }
    index.enqueue(
        NewWork.of("later").withType("crawl").notBefore(clock.instant().plus(Duration.ofHours(3))));

    Lease lapsing =
        belay
            .leases()
            .acquire("nightly-report", "host-1/4711", Duration.ofSeconds(20))
            .granted()
            .orElseThrow();
    clock.advance(Duration.ofSeconds(30));
    belay.leases().acquire("nightly-report", "host-2/815", TTL);
    belay.leases().renew(lapsing, TTL);
    belay.leases().acquire("leader", "host-1/4711", Duration.ofMinutes(10));

    belay
        .sessions()
        .commit(
            SessionCommit.to("chat/42", 0)
                .state("{\"mood\":\"curious\"}")
                .append(NewEvent.of("user", "What is a fencing token?"))
                .append(NewEvent.of("assistant", "A number that grows with each grant.")));
    belay.sessions().commit(SessionCommit.to("chat/42", 1).append(NewEvent.of("user", "Show me.")));
    belay
        .sessions()
        .commit(
            SessionCommit.to("chat/42", 2)
                .parent(2)
                .append(NewEvent.of("user", "Why does it grow?")));
    belay
        .sessions()
        .commit(
            SessionCommit.to("chat/42", 3)
                .append(NewEvent.of("assistant", "So that an old holder is refused."))
                .append(NewEvent.of("tool", "{\"call\":\"search\"}")));
    belay.sessions().commit(SessionCommit.to("import/7", 0).append(NewEvent.of("row", "1")));
    awaitNotes(6); // a failure, a dead letter, three grants and a stale holder
  }

  private void awaitNotes(int count) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (observer.notes().size() != count) {
      if (System.nanoTime() > endNanos) {
        throw new AssertionError("expected " + count + " notes: " + observer.notes());
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}

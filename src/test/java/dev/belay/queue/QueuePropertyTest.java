package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.queue.QueueModel.Item;
import dev.belay.testing.ManualClock;
import dev.belay.testing.TestOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import org.jspecify.annotations.Nullable;

/**
 * A queue returns the results of its model after every history.
 *
 * <p>Goal: no history of verbs, stale claims, lapses and rolled back transactions breaks a rule.
 * Method: random histories run on the store and on {@link QueueModel}. Every result is compared; at
 * some steps and at the end also every piece of work. After each step the rules of lanes and
 * attempts are checked on the stored rows.
 */
class QueuePropertyTest {
  private static final List<String> LANES = List.of("l0", "l1", "l2");
  private static final int WORK_MAX = 10_000;
  private static final Duration DAY = Duration.ofDays(1);

  private enum Verb {
    ENQUEUE,
    ENQUEUE_IN_LANE,
    ENQUEUE_LATER,
    CLAIM,
    CLAIM_BATCH,
    CLAIM_LANE,
    CLAIM_MORE,
    RENEW,
    COMPLETE,
    FAIL,
    DEFER,
    RELEASE,
    BURY,
    CANCEL,
    REQUEUE,
    PURGE,
    WAIT,
    CRASH,
    COMPARE
  }

  /** A verb, and three numbers from which its arguments are derived. */
  record Step(Verb verb, int a, int b, int c) {}

  private final ManualClock clock = new ManualClock();
  private final Belay belay = Belay.openInMemory(TestOptions.defaults().withClock(clock));
  private int histories;

  private WorkQueue queue = belay.queue("none");
  private QueueModel model = new QueueModel();
  private List<Claim> claims = new ArrayList<>();
  private List<Long> ids = new ArrayList<>();

  @AfterProperty
  void close() {
    belay.close();
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Integer> number = Arbitraries.integers().between(0, 999);
    return Combinators.combine(Arbitraries.of(Verb.values()), number, number, number)
        .as(Step::new)
        .list()
        .ofMaxSize(300);
  }

  @Property(tries = 150)
  void a_queue_answers_like_its_model(@ForAll("histories") List<Step> history) {
    queue =
        belay.queue(
            "q" + histories++,
            QueueOptions.defaults()
                .withRetry(attempt -> Duration.ofMillis(QueueModel.RETRY_MS * attempt)));
    model = new QueueModel();
    claims = new ArrayList<>();
    ids = new ArrayList<>();
    for (Step step : history) {
      model.advanceTo(nowMs());
      run(step);
      checkLanesAndAttempts();
    }
    model.advanceTo(nowMs());
    compare();
    drain();
  }

  private void run(Step step) {
    switch (step.verb()) {
      case ENQUEUE -> enqueue(step, null, 0);
      case ENQUEUE_IN_LANE -> enqueue(step, lane(step), 0);
      case ENQUEUE_LATER -> enqueue(step, step.b() % 2 == 0 ? lane(step) : null, step.c());
      case CLAIM -> {
        List<Item> expected = model.nextBatch(1);
        claimed(expected, queue.claim("w", ttl(step)).stream().toList(), ttl(step));
      }
      case CLAIM_BATCH -> {
        int max = 1 + step.b() % 4;
        claimed(model.nextBatch(max), queue.claim("w", ttl(step), max), ttl(step));
      }
      case CLAIM_LANE -> {
        int max = 1 + step.b() % 4;
        List<Item> expected = model.nextOfLane(lane(step), max);
        claimed(expected, queue.claimLane(lane(step), "w", ttl(step), max), ttl(step));
      }
      case CLAIM_MORE -> withClaim(step, (claim, held) -> claimMore(claim, held, 1 + step.b() % 3));
      case RENEW -> withClaim(step, (claim, held) -> renew(claim, held, ttl(step)));
      case COMPLETE -> withClaim(step, (c, held) -> finish(c, held, WorkState.DONE));
      case BURY -> withClaim(step, (c, held) -> finish(c, held, WorkState.BURIED));
      case FAIL -> withClaim(step, this::fail);
      case DEFER -> withClaim(step, (c, held) -> defer(c, held, nowMs() + step.b()));
      case RELEASE -> withClaim(step, (c, held) -> giveBack(c, held, 0, 1, false, queue::release));
      case CANCEL -> cancel(step);
      case REQUEUE -> requeue(step);
      case PURGE -> purge();
      case WAIT -> clock.advance(Duration.ofMillis(step.a()));
      case CRASH -> crash(step);
      case COMPARE -> compare();
    }
  }

  private void enqueue(Step step, @Nullable String lane, int delayMs) {
    String payload = "p" + step.b() % 2;
    String key = step.c() % 5 == 0 ? "k" + step.c() % 3 : null;
    int priority = step.b() % 3 - 1;
    int attemptsMax = 1 + step.c() % 3;
    NewWork work = NewWork.of(payload).withPriority(priority).withAttemptsMax(attemptsMax);
    work = lane == null ? work : work.withLane(lane);
    KeyLife life = step.a() % 2 == 0 ? KeyLife.WHILE_KEPT : KeyLife.WHILE_OPEN;
    work = key == null ? work : work.withKey(key, life);
    work = work.notBefore(Instant.ofEpochMilli(nowMs() + delayMs));

    promoteAll(); // otherwise work whose last claim lapsed would still be CLAIMED and keep its key

    Enqueued enqueued = queue.enqueue(work);

    String content = payload + " in " + lane;
    Item holder = key == null ? null : model.withKey(key);
    if (holder == null) {
      assertThat(enqueued).isInstanceOf(Enqueued.Added.class);
      long id = enqueued.workId();
      assertThat(ids).doesNotContain(id);
      ids.add(id);
      Item item = new Item(id, content, key, life, lane, priority, attemptsMax);
      model.enqueue(item, nowMs() + delayMs);
    } else if (holder.content.equals(content)) {
      assertThat(enqueued).isEqualTo(new Enqueued.Duplicate(holder.id, model.state(holder)));
    } else {
      assertThat(enqueued).isEqualTo(new Enqueued.KeyConflict(holder.id));
    }
  }

  private void claimed(List<Item> expected, List<Claim> actual, Duration ttl) {
    assertThat(actual)
        .extracting(Claim::workId)
        .containsExactlyElementsOf(expected.stream().map(item -> item.id).toList());
    for (int i = 0; i < actual.size(); i++) {
      Claim claim = actual.get(i);
      model.claim(expected.get(i), claim.token(), nowMs() + ttl.toMillis());
      assertThat(claim.attempt()).isEqualTo(expected.get(i).attempt);
      claims.add(claim);
    }
  }

  private void claimMore(Claim claim, @Nullable Item held, int max) {
    List<Item> expected = model.nextBehind(held, max);
    List<Claim> actual = queue.claimMore(claim, max);

    claimed(expected, actual, Duration.ZERO);
    for (Item item : expected) {
      item.expiresMs = held == null ? 0 : held.expiresMs;
    }
    assertThat(actual).allMatch(more -> more.token() == claim.token());
  }

  private void renew(Claim claim, @Nullable Item held, Duration ttl) {
    ClaimRenewal renewal = queue.renew(claim, ttl);

    if (held == null) {
      assertThat(renewal).isEqualTo(new ClaimRenewal.Lost());
    } else {
      model.renew(held, nowMs() + ttl.toMillis());
      assertThat(renewal)
          .isInstanceOfSatisfying(
              ClaimRenewal.Renewed.class,
              renewed -> assertThat(renewed.cancelRequested()).isEqualTo(held.unwanted));
    }
  }

  private void finish(Claim claim, @Nullable Item held, WorkState state) {
    Function<Claim, Settlement> verb =
        state == WorkState.DONE ? queue::complete : c -> queue.bury(c, "no");
    if (held != null && !model.isFirst(held)) {
      assertThatIllegalStateException().isThrownBy(() -> verb.apply(claim));
      return;
    }
    assertThat(verb.apply(claim)).isEqualTo(expected(held));
    if (held != null) {
      model.finish(held, state);
    }
  }

  private void fail(Claim claim, @Nullable Item held) {
    boolean last = held != null && held.attempt >= held.attemptsMax;
    long dueMs = nowMs() + QueueModel.RETRY_MS * (held == null ? 0 : held.attempt);
    giveBack(claim, held, dueMs, 0, last, c -> queue.fail(c, "no"));
  }

  private void defer(Claim claim, @Nullable Item held, long untilMs) {
    giveBack(claim, held, untilMs, 1, false, c -> queue.defer(c, Instant.ofEpochMilli(untilMs)));
  }

  private void giveBack(
      Claim claim,
      @Nullable Item held,
      long dueMs,
      int uncharged,
      boolean bury,
      Function<Claim, Settlement> verb) {
    assertThat(verb.apply(claim)).isEqualTo(expected(held));
    if (held != null) {
      model.giveBackGrant(held, dueMs, uncharged, bury);
    }
  }

  private static Settlement expected(@Nullable Item held) {
    return held == null ? Settlement.CLAIM_LOST : Settlement.SETTLED;
  }

  private void cancel(Step step) {
    long id = id(step);
    Item item = model.items.get(id);
    // Work whose last claim lapsed is finished by the next verb on it: here it is cancelled.
    boolean lapsed = queue.find(id).filter(w -> w.state() == WorkState.CLAIMED).isPresent();

    Cancellation cancellation = queue.cancel(id);

    if (item == null) {
      assertThat(cancellation).isEqualTo(Cancellation.NOT_FOUND);
    } else if (item.claimed) {
      assertThat(cancellation).isEqualTo(Cancellation.REQUESTED);
      item.unwanted = true;
    } else if (item.finished == null) {
      assertThat(cancellation).isEqualTo(Cancellation.CANCELLED);
      model.finish(item, WorkState.CANCELLED);
    } else if (lapsed) {
      assertThat(cancellation).isEqualTo(Cancellation.CANCELLED);
      item.finished = WorkState.CANCELLED;
    } else {
      assertThat(cancellation).isEqualTo(Cancellation.FINISHED);
    }
  }

  private void requeue(Step step) {
    promoteAll(); // otherwise work whose last claim lapsed would still be CLAIMED
    long id = id(step);
    assertThat(queue.requeue(id)).isEqualTo(model.requeue(model.items.get(id)));
  }

  private void purge() {
    promoteAll();
    assertThat(queue.purge(clock.instant().plusMillis(1), WORK_MAX)).isEqualTo(model.purge());
  }

  /** A process dies between its verbs and its commit: no change is stored. */
  private void crash(Step step) {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      queue.enqueue(tx, NewWork.of("lost").withLane(lane(step)));
                      queue.claim(tx, "w", ttl(step), 3);
                      queue.claimLane(tx, lane(step), "w", ttl(step), 3);
                      throw new IllegalStateException("killed");
                    }));
  }

  private void compare() {
    promoteAll();
    model.items.values().forEach(this::compare);
    assertThat(queue.stats().count(WorkState.CLAIMED))
        .isEqualTo(model.items.values().stream().filter(item -> item.claimed).count());
    for (String lane : LANES) {
      assertThat(queue.lane(lane, WORK_MAX))
          .extracting(WorkLine::id)
          .containsExactlyElementsOf(model.line(lane).stream().map(item -> item.id).toList());
    }
  }

  private void compare(Item item) {
    Work work = queue.find(item.id).orElseThrow();
    assertThat(work.state()).as("work %d", item.id).isEqualTo(model.state(item));
    assertThat(work.attempt()).as("attempt of work %d", item.id).isEqualTo(item.attempt);
  }

  /** Checks that no work is lost and no lane is stuck: all unfinished work can be done. */
  private void drain() {
    clock.advance(DAY);
    model.advanceTo(nowMs());
    while (!model.nextBatch(1).isEmpty()) {
      Item item = model.nextBatch(1).get(0);
      claimed(List.of(item), queue.claim("w", DAY).stream().toList(), DAY);
      finish(claims.get(claims.size() - 1), item, WorkState.DONE);
    }
    assertThat(queue.claim("w", DAY)).isEmpty();
    assertThat(model.items.values()).allMatch(item -> item.finished != null);
    compare();
  }

  private void checkLanesAndAttempts() {
    for (String lane : LANES) {
      List<WorkLine> line = queue.lane(lane, WORK_MAX);
      assertThat(
              line.stream()
                  .filter(work -> work.state() == WorkState.CLAIMED)
                  .map(WorkLine::token)
                  .distinct())
          .as("grants of lane %s", lane)
          .hasSizeLessThanOrEqualTo(1);
      assertThat(line.stream().skip(1)).noneMatch(work -> work.state() == WorkState.READY);
      assertThat(line).allMatch(work -> work.attempt() <= work.attemptsMax());
    }
  }

  private void promoteAll() {
    belay.useWrite(
        tx -> {
          while (tx.attach(ClaimDao.class)
              .nextId(queue.name(), nowMs())
              .orElseThrow()
              .othersDue()) {
            new PromoteDue(tx, queue.name()).round();
          }
        });
  }

  private interface ClaimVerb {
    void run(Claim claim, @Nullable Item held);
  }

  /** Returns most often one of the last claims, sometimes an old one. */
  private void withClaim(Step step, ClaimVerb verb) {
    if (!claims.isEmpty()) {
      int recent = Math.min(claims.size(), step.a() % 4 == 0 ? claims.size() : 5);
      Claim claim = claims.get(claims.size() - 1 - step.c() % recent);
      verb.run(claim, model.held(claim.workId(), claim.token()));
    }
  }

  private long id(Step step) {
    return ids.isEmpty() || step.a() % 50 == 0 ? -1 : ids.get(step.b() % ids.size());
  }

  private static String lane(Step step) {
    return LANES.get(step.a() % LANES.size());
  }

  private static Duration ttl(Step step) {
    return Duration.ofMillis(1 + step.c());
  }

  private long nowMs() {
    return clock.instant().toEpochMilli();
  }
}

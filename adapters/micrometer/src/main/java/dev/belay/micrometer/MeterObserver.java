package dev.belay.micrometer;

import dev.belay.store.BelayObserver;
import dev.belay.store.StoreBusyException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts and times what a store reports, in meters of a registry. Safe for use by many threads.
 *
 * <p>It exists before the store, which is opened with it, and passes every event on to the host's
 * own observer. Its tags are the names of outcomes and, bounded, of queues: never an id, a key, a
 * lane or a worker. Counters of outcomes exist from the beginning, those of a queue from its first
 * event, so that a first increment is seen as one.
 */
public final class MeterObserver implements BelayObserver {
  private static final String OUTCOME = "outcome";
  private static final String TOOK_OVER = "took_over";
  private static final String UNSETTLED = "unsettled";

  private final MeterRegistry registry;
  private final BelayObserver host;
  private final Tags tags;
  private final BoundedTag queueTag;
  private final Map<String, Map<String, Counter>> handled = new ConcurrentHashMap<>();
  private final Map<String, Counter> commits;
  private final Map<String, Counter> acquisitions;
  private final Map<String, Counter> renewals;
  private final Counter events;

  /** Passes events on to no other observer; failed attempts and lost completions are logged. */
  public MeterObserver(MeterRegistry registry) {
    this(registry, new BelayObserver() {});
  }

  /** Passes every event on to {@code host}. */
  public MeterObserver(MeterRegistry registry, BelayObserver host) {
    this(registry, host, MeterOptions.defaults());
  }

  /** Passes every event on to {@code host}. */
  public MeterObserver(MeterRegistry registry, BelayObserver host, MeterOptions options) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.host = Objects.requireNonNull(host, "host");
    this.tags = options.tags();
    this.queueTag = options.queueTag();
    this.commits =
        counters(
            "belay.session.commits", "commits of sessions", words(CommitEvent.Outcome.values()));
    this.acquisitions =
        counters("belay.lease.acquisitions", "requests for leases", "granted", TOOK_OVER, "held");
    this.renewals =
        counters(
            "belay.lease.renewals", "renewals of leases, and uses of lost ones", "renewed", "lost");
    this.events =
        Counter.builder("belay.session.events")
            .description("events that were appended to sessions")
            .tags(tags)
            .register(registry);
  }

  @Override
  public void transaction(TxEvent event) {
    Tags kind = tags.and("kind", word(event.kind()));
    String outcome = event.failure() instanceof StoreBusyException ? "busy" : word(event.outcome());
    timer("belay.tx", "verbs and bodies, from the call to the outcome", kind.and(OUTCOME, outcome))
        .record(event.took());
    timer("belay.tx.wait", "waits of bodies for their beginning", kind).record(event.waited());
    if (event.kind() != TxEvent.Kind.READ && event.bodies() > 0) {
      DistributionSummary.builder("belay.tx.group.size")
          .description("bodies that shared the transaction of each body")
          .tags(kind)
          .register(registry)
          .record(event.bodies());
    }
    if (!event.lockWait().isZero()) {
      timer("belay.lock.wait", "waits for the write lock of other processes", kind)
          .record(event.lockWait());
    }
    host.transaction(event);
  }

  @Override
  public void sessionCommit(CommitEvent event) {
    increment(commits, word(event.outcome()));
    events.increment(event.events());
    host.sessionCommit(event);
  }

  @Override
  public void lease(LeaseEvent event) {
    switch (event.outcome()) {
      case GRANTED -> increment(acquisitions, event.displaced() == null ? "granted" : TOOK_OVER);
      case HELD -> increment(acquisitions, "held");
      case RENEWED -> increment(renewals, "renewed");
      case LOST -> increment(renewals, "lost");
      case RELEASED -> {} // neither an acquisition nor a renewal
    }
    host.lease(event);
  }

  @Override
  public void claim(ClaimEvent event) {
    handled(event.queue()); // from now on the queue has its counters, at 0
    host.claim(event);
  }

  @Override
  public void settlement(SettlementEvent event) {
    increment(handled(event.queue()), handledOutcome(event.outcome()));
    host.settlement(event);
  }

  @Override
  public void checkpoint(CheckpointEvent event) {
    String outcome = event.failure() == null ? "completed" : "failed";
    timer("belay.checkpoint", "checkpoints of the WAL", tags.and(OUTCOME, outcome))
        .record(event.took());
    host.checkpoint(event);
  }

  @Override
  public void attemptFailed(AttemptFailure failure) {
    if (failure.outcome() == AttemptFailure.Outcome.UNSETTLED) {
      increment(handled(failure.queue()), UNSETTLED); // all others have a settlement
    }
    host.attemptFailed(failure);
  }

  @Override
  public void completionLost(String queue, long workId, String worker, int attempt) {
    host.completionLost(queue, workId, worker, attempt); // its settlement is counted
  }

  private static String handledOutcome(SettlementEvent.Outcome outcome) {
    return switch (outcome) {
      case COMPLETED -> "done";
      case CLAIM_LOST -> "lost";
      case FAILED, DEFERRED, RELEASED, BURIED, CANCELLED -> word(outcome);
    };
  }

  private Map<String, Counter> handled(String queue) {
    Tag tag = queueTag.tag(queue);
    return handled.computeIfAbsent(tag.getValue(), value -> handledCounters(tag));
  }

  private Map<String, Counter> handledCounters(Tag queue) {
    Map<String, Counter> counters = new ConcurrentHashMap<>();
    for (SettlementEvent.Outcome outcome : SettlementEvent.Outcome.values()) {
      counters.put(handledOutcome(outcome), handledCounter(queue, handledOutcome(outcome)));
    }
    counters.put(UNSETTLED, handledCounter(queue, UNSETTLED));
    return counters;
  }

  private Counter handledCounter(Tag queue, String outcome) {
    return Counter.builder("belay.queue.handled")
        .description("attempts at work that ended")
        .tags(tags.and(queue).and(OUTCOME, outcome))
        .register(registry);
  }

  private Map<String, Counter> counters(String name, String description, String... outcomes) {
    Map<String, Counter> counters = new ConcurrentHashMap<>();
    for (String outcome : outcomes) {
      counters.put(
          outcome,
          Counter.builder(name)
              .description(description)
              .tags(tags.and(OUTCOME, outcome))
              .register(registry));
    }
    return counters;
  }

  private static void increment(Map<String, Counter> counters, String outcome) {
    Objects.requireNonNull(counters.get(outcome), outcome).increment();
  }

  private Timer timer(String name, String description, Tags tags) {
    return Timer.builder(name).description(description).tags(tags).register(registry);
  }

  private static String[] words(Enum<?>... values) {
    String[] words = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      words[i] = word(values[i]);
    }
    return words;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}

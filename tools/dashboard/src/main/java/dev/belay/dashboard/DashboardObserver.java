package dev.belay.dashboard;

import dev.belay.dashboard.Note.Subject;
import dev.belay.dashboard.Note.Tone;
import dev.belay.store.BelayObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps what a dashboard shows of one process: the numbers of the last hour, in 720 samples of five
 * seconds, and the last {@link #NOTES_MAX} events that a person may look for. Safe for use by many
 * threads.
 *
 * <p>It exists before the store, which is opened with it, and passes every event on to the host's
 * own observer. It keeps names, labels and numbers, never a payload. Its memory is bounded.
 */
public final class DashboardObserver implements BelayObserver {
  /** The maximum number of events that are kept: 500. */
  public static final int NOTES_MAX = 500;

  private final BelayObserver host;
  private final InstantSource clock;
  private final SampleRing samples;
  private final Deque<Note> notes = new ArrayDeque<>();
  private final Map<Long, LeaseEvent.Displaced> displaced = new HashMap<>();
  private final Deque<Long> displacedTokens = new ArrayDeque<>();

  /** Passes events on to no other observer; failed attempts and lost completions are logged. */
  public DashboardObserver() {
    this(new BelayObserver() {});
  }

  /** Passes every event on to {@code host}. */
  public DashboardObserver(BelayObserver host) {
    this(host, InstantSource.system());
  }

  DashboardObserver(BelayObserver host, InstantSource clock) {
    this.host = Objects.requireNonNull(host, "host");
    this.clock = clock;
    this.samples = new SampleRing(clock.instant());
  }

  /** The samples of the last hour, the oldest first. */
  List<Sample> samples() {
    return samples.at(clock.instant());
  }

  Instant now() {
    return clock.instant();
  }

  /** Returns for how long it has watched. */
  Duration watchedFor() {
    Duration watched = Duration.between(samples.since(), clock.instant());
    return watched.isNegative() ? Duration.ZERO : watched;
  }

  /** The events that are kept, the newest first. */
  List<Note> notes() {
    synchronized (notes) {
      return new ArrayList<>(notes);
    }
  }

  /** The grant that the lease with this token displaced, if this process granted it. */
  Optional<LeaseEvent.Displaced> displacedBy(long token) {
    synchronized (displaced) {
      return Optional.ofNullable(displaced.get(token));
    }
  }

  @Override
  public void transaction(TxEvent event) {
    samples.add(
        clock.instant(),
        sample -> {
          if (event.failure() != null) {
            sample.failed++;
          } else if (event.kind() == TxEvent.Kind.READ) {
            sample.reads++;
          } else if (event.outcome() == TxEvent.Outcome.COMPLETED) {
            sample.writes++;
          }
          sample.waitMaxNanos = Math.max(sample.waitMaxNanos, nanos(event.waited()));
          sample.lockMaxNanos = Math.max(sample.lockMaxNanos, nanos(event.lockWait()));
          sample.lockWaits += event.lockWait().isZero() ? 0 : 1;
        });
    if (event.failure() != null) {
      String failure = event.failure().getClass().getSimpleName();
      note(
          Tone.FAILED,
          Subject.STORE,
          "",
          0,
          event.kind() + " transaction " + words(event.outcome()) + ": " + failure);
    }
    host.transaction(event);
  }

  @Override
  public void sessionCommit(CommitEvent event) {
    switch (event.outcome()) {
      case COMMITTED, REPLAYED -> {}
      case CLAIM_LOST, LEASE_LOST ->
          noteStale(
              Subject.SESSION,
              event.sessionId(),
              0,
              "commit refused: "
                  + words(event.outcome())
                  + ". The writer had lost what its commit depends on");
      default ->
          note(
              Tone.NOTABLE,
              Subject.SESSION,
              event.sessionId(),
              0,
              "commit refused: " + words(event.outcome()));
    }
    host.sessionCommit(event);
  }

  @Override
  public void lease(LeaseEvent event) {
    String grant = event.holder() + ", token " + event.token();
    switch (event.outcome()) {
      case HELD, RENEWED -> {}
      case GRANTED -> granted(event, grant);
      case RELEASED -> note(Tone.PLAIN, Subject.LEASE, event.name(), 0, "released by " + grant);
      case LOST ->
          noteStale(
              Subject.LEASE,
              event.name(),
              0,
              "refused: " + grant + " tried to renew or release it after losing it");
    }
    host.lease(event);
  }

  private void granted(LeaseEvent event, String grant) {
    LeaseEvent.Displaced before = event.displaced();
    if (before == null) {
      note(Tone.PLAIN, Subject.LEASE, event.name(), 0, "granted to " + grant);
    } else {
      samples.add(clock.instant(), sample -> sample.takeovers++);
      synchronized (displaced) {
        displaced.put(event.token(), before);
        displacedTokens.add(event.token());
        if (displacedTokens.size() > NOTES_MAX) {
          displaced.remove(displacedTokens.remove());
        }
      }
      note(
          Tone.NOTABLE,
          Subject.LEASE,
          event.name(),
          0,
          "taken over by "
              + grant
              + ". It displaced "
              + before.holder()
              + ", token "
              + before.token());
    }
  }

  @Override
  public void claim(ClaimEvent event) {
    if (event.outcome() == ClaimEvent.Outcome.LOST) {
      noteStale(
          Subject.WORK,
          event.queue(),
          event.workId(),
          "refused: "
              + event.worker()
              + ", token "
              + event.token()
              + " tried to renew a lost claim");
    }
    host.claim(event);
  }

  @Override
  public void settlement(SettlementEvent event) {
    String attempt = "attempt " + event.attempt() + " of worker " + event.worker();
    switch (event.outcome()) {
      case COMPLETED -> samples.add(clock.instant(), sample -> sample.done++);
      case FAILED, BURIED -> {
        samples.add(clock.instant(), sample -> sample.attemptsFailed++);
        boolean isBuried = event.outcome() == SettlementEvent.Outcome.BURIED;
        note(
            isBuried ? Tone.FAILED : Tone.NOTABLE,
            Subject.WORK,
            event.queue(),
            event.workId(),
            attempt + (isBuried ? " ended in a dead letter" : " failed; it will be tried again"));
      }
      case CLAIM_LOST ->
          noteStale(
              Subject.WORK,
              event.queue(),
              event.workId(),
              "refused: " + attempt + ", token " + event.token() + " tried to settle a lost claim");
      case DEFERRED, RELEASED, CANCELLED ->
          note(
              Tone.PLAIN,
              Subject.WORK,
              event.queue(),
              event.workId(),
              attempt + ": " + words(event.outcome()));
    }
    host.settlement(event);
  }

  @Override
  public void checkpoint(CheckpointEvent event) {
    if (event.failure() != null) {
      String failure = event.failure().getClass().getSimpleName();
      note(Tone.FAILED, Subject.STORE, "", 0, "a checkpoint failed: " + failure);
    }
    host.checkpoint(event);
  }

  @Override
  public void attemptFailed(AttemptFailure failure) {
    host.attemptFailed(failure); // the settlement says the rest
  }

  @Override
  public void completionLost(String queue, long workId, String worker, int attempt) {
    host.completionLost(queue, workId, worker, attempt);
  }

  private void noteStale(Subject subject, String name, long workId, String text) {
    samples.add(clock.instant(), sample -> sample.stale++);
    note(Tone.STALE, subject, name, workId, text);
  }

  private void note(Tone tone, Subject subject, String name, long workId, String text) {
    synchronized (notes) {
      notes.addFirst(new Note(clock.instant(), tone, subject, name, workId, text));
      if (notes.size() > NOTES_MAX) {
        notes.removeLast();
      }
    }
  }

  private static String words(Enum<?> outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofDays(1)) > 0
        ? Duration.ofDays(1).toNanos()
        : duration.toNanos();
  }
}

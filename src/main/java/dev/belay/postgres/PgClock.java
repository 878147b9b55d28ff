package dev.belay.postgres;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * The server's clock. Every BEGIN brings its time; between them it goes on by {@link
 * System#nanoTime}. Never behind an earlier answer. Safe for use by many threads.
 */
final class PgClock implements InstantSource {
  /** The age after which a worse estimate replaces a better one: 10 s. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The time that a call may have taken whose answer replaces an estimate: 5 ms. */
  private static final long CALL_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(5);

  private long offsetNanos;
  private long uncertaintyNanos = Long.MAX_VALUE;
  private long takenNanos;
  private long lastMs = Long.MIN_VALUE;
  private long answeredMs = Long.MIN_VALUE;

  /** Takes an answer of the server. Returns the instant of the transaction that it began. */
  synchronized Instant begun(PgBegin.Begun begun) {
    long uncertainty = begun.answeredNanos() - begun.sentNanos();
    if (uncertainty <= uncertaintyNanos || begun.answeredNanos() - takenNanos > FRESH_NANOS) {
      long middle = begun.sentNanos() + uncertainty / 2;
      offsetNanos = TimeUnit.MILLISECONDS.toNanos(begun.nowMs()) - middle;
      uncertaintyNanos = uncertainty;
      takenNanos = begun.answeredNanos();
    }
    answeredMs = Math.max(answeredMs, begun.nowMs());
    lastMs = Math.max(lastMs, begun.nowMs());
    return Instant.ofEpochMilli(answeredMs); // an estimate must not end what others hold
  }

  /**
   * Takes the answer to a call, which begins, works, and commits. If that took long, it is not
   * known when the server read its clock: most of the time lies behind the BEGIN.
   */
  synchronized void called(PgBegin.Begun begun) {
    if (begun.answeredNanos() - begun.sentNanos() <= CALL_NANOS_MAX) {
      var unused = begun(begun);
    } else {
      answeredMs = Math.max(answeredMs, begun.nowMs());
      lastMs = Math.max(lastMs, begun.nowMs());
    }
  }

  /** Returns the latest time that the server has told: the time of a call is never before it. */
  synchronized long answeredMs() {
    return answeredMs;
  }

  @Override
  public synchronized Instant instant() {
    if (uncertaintyNanos == Long.MAX_VALUE) {
      throw new IllegalStateException("the server has not been asked for its time yet");
    }
    long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() + offsetNanos);
    lastMs = Math.max(lastMs, nowMs);
    return Instant.ofEpochMilli(lastMs);
  }
}

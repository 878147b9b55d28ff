package dev.belay.queue;

import dev.belay.store.TextRule;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Work to enqueue. Immutable, safe for use by many threads; every {@code with…} returns a changed
 * copy.
 *
 * <p>A class and no record, so that it can grow.
 */
public final class NewWork {
  /** How often work is tried, if that is not set. */
  public static final int ATTEMPTS_DEFAULT = 10;

  private final String payload;
  private final String type;
  private final @Nullable String key;
  private final @Nullable String lane;
  private final int priority;
  private final long notBeforeMs;
  private final int attemptsMax;

  private NewWork(
      String payload,
      String type,
      @Nullable String key,
      @Nullable String lane,
      int priority,
      long notBeforeMs,
      int attemptsMax) {
    this.payload = payload;
    this.type = type;
    this.key = key;
    this.lane = lane;
    this.priority = priority;
    this.notBeforeMs = notBeforeMs;
    this.attemptsMax = attemptsMax;
  }

  /**
   * Work of no type, without key and lane, of priority 0, for now, to be tried {@link
   * #ATTEMPTS_DEFAULT} times.
   *
   * @param payload at most {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8, also empty
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public static NewWork of(String payload) {
    return new NewWork(
        TextRule.body("work payload", payload),
        "",
        null,
        null,
        0,
        Long.MIN_VALUE,
        ATTEMPTS_DEFAULT);
  }

  /**
   * With the caller's word for what it is.
   *
   * @param type 1 to {@link TextRule#TYPE_MAX} code points
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withType(String type) {
    TextRule.type("work type", type);
    return new NewWork(payload, type, key, lane, priority, notBeforeMs, attemptsMax);
  }

  /**
   * With a key, which makes it unique in its queue for as long as the work is kept, finished or
   * not: enqueueing it again finds the first.
   *
   * @param key 1 to {@link TextRule#ID_MAX} code points
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withKey(String key) {
    TextRule.id("work key", key);
    return new NewWork(payload, type, key, lane, priority, notBeforeMs, attemptsMax);
  }

  /**
   * In a lane, whose work is done one after another, in the order in which it joined the line.
   *
   * @param lane 1 to {@link TextRule#ID_MAX} code points
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withLane(String lane) {
    TextRule.id("work lane", lane);
    return new NewWork(payload, type, key, lane, priority, notBeforeMs, attemptsMax);
  }

  /** With a priority: the higher, the sooner. In a lane it counts for the head alone. */
  public NewWork withPriority(int priority) {
    return new NewWork(payload, type, key, lane, priority, notBeforeMs, attemptsMax);
  }

  /**
   * For later: nobody can claim it before {@code time}, rounded up to the millisecond. In a lane it
   * joins the line then.
   *
   * @throws IllegalArgumentException if it is beyond what milliseconds in a long can say
   */
  public NewWork notBefore(Instant time) {
    long timeMs = Times.atLeast("notBefore", time);
    return new NewWork(payload, type, key, lane, priority, timeMs, attemptsMax);
  }

  /**
   * To be tried so many times at most, from 1; then it is buried.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public NewWork withAttemptsMax(int attemptsMax) {
    if (attemptsMax < 1) {
      throw new IllegalArgumentException("attemptsMax must be from 1: " + attemptsMax);
    }
    return new NewWork(payload, type, key, lane, priority, notBeforeMs, attemptsMax);
  }

  /** The caller's text. */
  public String payload() {
    return payload;
  }

  /** The caller's word for what it is, {@code ""} if it gave none. */
  public String type() {
    return type;
  }

  /** What makes it unique in its queue, null if nothing. */
  public @Nullable String key() {
    return key;
  }

  /** The lane that it belongs to, null if to none. */
  public @Nullable String lane() {
    return lane;
  }

  /** Whether type, lane and payload are those of {@code other}: under one key they are one work. */
  boolean hasContentOf(NewWork other) {
    return type.equals(other.type)
        && Objects.equals(lane, other.lane)
        && payload.equals(other.payload);
  }

  int priority() {
    return priority;
  }

  long notBeforeMs() {
    return notBeforeMs;
  }

  int attemptsMax() {
    return attemptsMax;
  }

  @Override
  public String toString() {
    return "NewWork[type=" + type + ", key=" + key + ", lane=" + lane + "]";
  }
}

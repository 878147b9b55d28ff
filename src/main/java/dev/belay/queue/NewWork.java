package dev.belay.queue;

import dev.belay.store.TextRule;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Work to enqueue. Immutable, safe for use by many threads; every {@code with…} returns a changed
 * copy.
 *
 * <p>Not a record, so that it can gain fields.
 */
public final class NewWork {
  /** The default maximum number of attempts: 10. */
  public static final int ATTEMPTS_DEFAULT = 10;

  /**
   * The maximum size of the headers of one piece of work, names and values, in UTF-8: 4,096 bytes.
   */
  public static final int HEADERS_BYTES_MAX = 4_096;

  private final String payload;
  private final String type;
  private final @Nullable String key;
  private final KeyLife keyLife;
  private final @Nullable String lane;
  private final int priority;
  private final long notBeforeMs;
  private final int attemptsMax;
  private final Map<String, String> headers;

  private NewWork(
      String payload,
      String type,
      @Nullable String key,
      KeyLife keyLife,
      @Nullable String lane,
      int priority,
      long notBeforeMs,
      int attemptsMax,
      Map<String, String> headers) {
    this.payload = payload;
    this.type = type;
    this.key = key;
    this.keyLife = keyLife;
    this.lane = lane;
    this.priority = priority;
    this.notBeforeMs = notBeforeMs;
    this.attemptsMax = attemptsMax;
    this.headers = headers;
  }

  /**
   * Returns work that is due now, of priority 0, without type, key, lane or headers, with {@link
   * #ATTEMPTS_DEFAULT} attempts.
   *
   * @param payload at most {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8; may be empty
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public static NewWork of(String payload) {
    return new NewWork(
        TextRule.body("work payload", payload),
        "",
        null,
        KeyLife.WHILE_KEPT,
        null,
        0,
        Long.MIN_VALUE,
        ATTEMPTS_DEFAULT,
        Map.of());
  }

  /**
   * Sets the type, a word of the caller for the kind of work.
   *
   * @param type 1 to {@link TextRule#TYPE_MAX} code points
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withType(String type) {
    TextRule.type("work type", type);
    return new NewWork(
        payload, type, key, keyLife, lane, priority, notBeforeMs, attemptsMax, headers);
  }

  /** As {@link #withKey(String, KeyLife)}, with {@link KeyLife#WHILE_KEPT}. */
  public NewWork withKey(String key) {
    return withKey(key, KeyLife.WHILE_KEPT);
  }

  /**
   * Sets a key, which makes the work unique in its queue during {@code life}: enqueueing the key
   * again finds the first work. The life of the stored work decides whether the key is taken, not
   * the life of the new work.
   *
   * @param key 1 to {@link TextRule#ID_MAX} code points
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withKey(String key, KeyLife life) {
    TextRule.id("work key", key);
    KeyLife keyLife = Objects.requireNonNull(life, "life");
    return new NewWork(
        payload, type, key, keyLife, lane, priority, notBeforeMs, attemptsMax, headers);
  }

  /**
   * Puts the work in a lane, whose work is done one after another, in the order in which it joined
   * the line.
   *
   * @param lane 1 to {@link TextRule#ID_MAX} code points
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withLane(String lane) {
    TextRule.id("work lane", lane);
    return new NewWork(
        payload, type, key, keyLife, lane, priority, notBeforeMs, attemptsMax, headers);
  }

  /** Sets the priority; a higher one is claimed earlier. In a lane it counts only for the head. */
  public NewWork withPriority(int priority) {
    return new NewWork(
        payload, type, key, keyLife, lane, priority, notBeforeMs, attemptsMax, headers);
  }

  /**
   * Schedules the work: it cannot be claimed before {@code time}, rounded up to the millisecond. In
   * a lane it joins the line at that time.
   *
   * @throws IllegalArgumentException if its milliseconds exceed a long
   */
  public NewWork notBefore(Instant time) {
    long timeMs = Times.atLeast("notBefore", time);
    return new NewWork(payload, type, key, keyLife, lane, priority, timeMs, attemptsMax, headers);
  }

  /**
   * Limits the work to {@code attemptsMax} attempts, at least 1; after the last one it is buried.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public NewWork withAttemptsMax(int attemptsMax) {
    if (attemptsMax < 1) {
      throw new IllegalArgumentException("attemptsMax must be from 1: " + attemptsMax);
    }
    return new NewWork(
        payload, type, key, keyLife, lane, priority, notBeforeMs, attemptsMax, headers);
  }

  /**
   * Replaces the headers: texts beside the payload, such as a {@code traceparent}. They are not
   * part of the content: under one key, work with other headers is the same work, and the headers
   * of the first are kept.
   *
   * @param headers names of 1 to {@link TextRule#TYPE_MAX} code points; names and values together
   *     at most {@link #HEADERS_BYTES_MAX} bytes of UTF-8; may be empty
   * @throws IllegalArgumentException if they are longer or break {@link TextRule}
   */
  public NewWork withHeaders(Map<String, String> headers) {
    Map<String, String> checked = Headers.checked(headers);
    return new NewWork(
        payload, type, key, keyLife, lane, priority, notBeforeMs, attemptsMax, checked);
  }

  /** Returns the payload. */
  public String payload() {
    return payload;
  }

  /** Returns the type, {@code ""} if there is none. */
  public String type() {
    return type;
  }

  /** Returns the key, null if there is none. */
  public @Nullable String key() {
    return key;
  }

  /** Returns the lane, null if there is none. */
  public @Nullable String lane() {
    return lane;
  }

  /**
   * Returns whether type, lane and payload are those of {@code other}: then both are the same work
   * under one key.
   */
  boolean hasContentOf(NewWork other) {
    return type.equals(other.type)
        && Objects.equals(lane, other.lane)
        && payload.equals(other.payload);
  }

  /** Returns the life of the key as it is stored; null without a key. */
  @Nullable String keyLife() {
    return key == null ? null : keyLife.name();
  }

  long payloadBytes() {
    return TextRule.utf8Bytes("work payload", payload);
  }

  /** Returns the headers as they are stored; null if there are none. */
  @Nullable String headers() {
    return Headers.encode(headers);
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

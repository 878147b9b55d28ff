package dev.belay.queue;

import dev.belay.store.TextRule;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work to enqueue. Immutable, safe for use by many threads; every {@code with…} returns a changed
 * copy.
 *
 * <p>Not a record, so that it can gain fields.
 */
public final class NewWork {
  /** The most attempts by default. */
  public static final int ATTEMPTS_DEFAULT = 10;

  /** The most bytes of UTF-8 that the headers of one piece of work have, names and values. */
  public static final int HEADERS_BYTES_MAX = 4_096;

  private final Fields fields;

  private NewWork(Fields fields) {
    this.fields = fields;
  }

  private NewWork with(Consumer<Fields> change) {
    Fields changed = fields.clone();
    change.accept(changed);
    return new NewWork(changed);
  }

  /**
   * Work that is due now, of priority 0, without type, key or lane, with {@link #ATTEMPTS_DEFAULT}
   * attempts.
   *
   * @param payload at most {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8, also empty
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public static NewWork of(String payload) {
    return new NewWork(new Fields(TextRule.body("work payload", payload)));
  }

  /**
   * With the caller's word for what it is.
   *
   * @param type 1 to {@link TextRule#TYPE_MAX} code points
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withType(String type) {
    TextRule.type("work type", type);
    return with(changed -> changed.type = type);
  }

  /** As {@link #withKey(String, KeyLife)}, {@link KeyLife#WHILE_KEPT}. */
  public NewWork withKey(String key) {
    return withKey(key, KeyLife.WHILE_KEPT);
  }

  /**
   * With a key, which makes it unique in its queue for as long as {@code life} says: enqueueing it
   * again finds the first. The life of the work that has the key decides whether it is taken, not
   * that of new work.
   *
   * @param key 1 to {@link TextRule#ID_MAX} code points
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withKey(String key, KeyLife life) {
    TextRule.id("work key", key);
    Objects.requireNonNull(life, "life");
    return with(
        changed -> {
          changed.key = key;
          changed.keyLife = life;
        });
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
    return with(changed -> changed.lane = lane);
  }

  /** With a priority: the higher, the sooner. In a lane it counts for the head alone. */
  public NewWork withPriority(int priority) {
    return with(changed -> changed.priority = priority);
  }

  /**
   * Schedules the work for later: it cannot be claimed before {@code time}, rounded up to the
   * millisecond. In a lane it joins the line then.
   *
   * @throws IllegalArgumentException if it is beyond what milliseconds in a long can say
   */
  public NewWork notBefore(Instant time) {
    long timeMs = Times.atLeast("notBefore", time);
    return with(changed -> changed.notBeforeMs = timeMs);
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
    return with(changed -> changed.attemptsMax = attemptsMax);
  }

  /**
   * With headers in place of those it has: what travels beside the payload, such as a {@code
   * traceparent}. They are no part of its content: under one key, work with other headers is the
   * same work, and the headers of the first stay.
   *
   * @param headers names of 1 to {@link TextRule#TYPE_MAX} code points; names and values together
   *     at most {@link #HEADERS_BYTES_MAX} bytes of UTF-8; none if empty
   * @throws IllegalArgumentException if they are longer or break {@link TextRule}
   */
  public NewWork withHeaders(Map<String, String> headers) {
    Map<String, String> checked = Headers.checked(headers);
    return with(changed -> changed.headers = checked);
  }

  /** The caller's text. */
  public String payload() {
    return fields.payload;
  }

  /** The caller's word for what it is, {@code ""} if it gave none. */
  public String type() {
    return fields.type;
  }

  /** What makes it unique in its queue, null if nothing. */
  public @Nullable String key() {
    return fields.key;
  }

  /** Its lane, null if it has none. */
  public @Nullable String lane() {
    return fields.lane;
  }

  /**
   * Whether type, lane and payload are those of {@code other}: under one key they are the same
   * work.
   */
  boolean hasContentOf(NewWork other) {
    return type().equals(other.type())
        && Objects.equals(lane(), other.lane())
        && payload().equals(other.payload());
  }

  /** The life of its key as it is stored; null without a key. */
  @Nullable String keyLife() {
    return fields.key == null ? null : fields.keyLife.name();
  }

  long payloadBytes() {
    return TextRule.utf8Bytes("work payload", fields.payload);
  }

  /** The headers as they are stored; null without any. */
  @Nullable String headers() {
    return Headers.encode(fields.headers);
  }

  int priority() {
    return fields.priority;
  }

  /** The time of work without a delay. */
  static final long AT_ONCE_MS = Long.MIN_VALUE;

  long notBeforeMs() {
    return fields.notBeforeMs;
  }

  int attemptsMax() {
    return fields.attemptsMax;
  }

  @Override
  public String toString() {
    return "NewWork[type=" + type() + ", key=" + key() + ", lane=" + lane() + "]";
  }

  /** The values of work. Changed only while they are built, by one thread. */
  private static final class Fields implements Cloneable {
    private final String payload;
    private String type = "";
    private @Nullable String key;
    private KeyLife keyLife = KeyLife.WHILE_KEPT;
    private @Nullable String lane;
    private int priority;
    private long notBeforeMs = AT_ONCE_MS;
    private int attemptsMax = ATTEMPTS_DEFAULT;
    private Map<String, String> headers = Map.of();

    Fields(String payload) {
      this.payload = payload;
    }

    @Override
    protected Fields clone() {
      try {
        return (Fields) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}

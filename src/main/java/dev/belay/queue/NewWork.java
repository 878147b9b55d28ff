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
  /** The default maximum number of attempts: 10. */
  public static final int ATTEMPTS_DEFAULT = 10;

  /**
   * The maximum size of the headers of one piece of work, names and values, in UTF-8: 4,096 bytes.
   */
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
   * Returns work that is due now, of priority 0, without type, key, lane or headers, with {@link
   * #ATTEMPTS_DEFAULT} attempts.
   *
   * @param payload at most {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8; may be empty
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public static NewWork of(String payload) {
    return new NewWork(new Fields(TextRule.body("work payload", payload)));
  }

  /**
   * Sets the type, a word of the caller for the kind of work.
   *
   * @param type 1 to {@link TextRule#TYPE_MAX} code points
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withType(String type) {
    TextRule.type("work type", type);
    return with(changed -> changed.type = type);
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
   * @param key 1 to {@link TextRule#ID_MAX} code points, see {@link TextRule#id}
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
   * @param lane 1 to {@link TextRule#ID_MAX} code points, see {@link TextRule#id}
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewWork withLane(String lane) {
    TextRule.id("work lane", lane);
    return with(changed -> changed.lane = lane);
  }

  /** Sets the priority; a higher one is claimed earlier. In a lane it counts only for the head. */
  public NewWork withPriority(int priority) {
    return with(changed -> changed.priority = priority);
  }

  /**
   * Schedules the work: it cannot be claimed before {@code time}, rounded up to the millisecond. In
   * a lane it joins the line at that time.
   *
   * @throws IllegalArgumentException if its milliseconds exceed a long
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
    return with(changed -> changed.headers = checked);
  }

  /** Returns the payload. */
  public String payload() {
    return fields.payload;
  }

  /** Returns the type, {@code ""} if there is none. */
  public String type() {
    return fields.type;
  }

  /** Returns the key, null if there is none. */
  public @Nullable String key() {
    return fields.key;
  }

  /** Returns the lane, null if there is none. */
  public @Nullable String lane() {
    return fields.lane;
  }

  /**
   * Returns whether type, lane and payload are those of {@code other}: then both are the same work
   * under one key.
   */
  boolean hasContentOf(NewWork other) {
    return type().equals(other.type())
        && Objects.equals(lane(), other.lane())
        && payload().equals(other.payload());
  }

  /** Returns the life of the key as it is stored; null without a key. */
  @Nullable String keyLife() {
    return fields.key == null ? null : fields.keyLife.name();
  }

  long payloadBytes() {
    return TextRule.utf8Bytes("work payload", fields.payload);
  }

  /** Returns the headers as they are stored; null if there are none. */
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

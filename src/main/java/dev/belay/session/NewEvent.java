package dev.belay.session;

import dev.belay.store.TextRule;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event to append. Immutable, safe for use by many threads.
 *
 * <p>Not a record, so that it can gain fields.
 */
public final class NewEvent {
  private final String type;
  private final String payload;
  private final @Nullable String eventId;

  private NewEvent(String type, String payload, @Nullable String eventId) {
    this.type = type;
    this.payload = payload;
    this.eventId = eventId;
  }

  /**
   * Returns an event without an id.
   *
   * @param type 1 to {@link TextRule#TYPE_MAX} code points
   * @param payload 0 to {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8
   * @throws IllegalArgumentException if one of them breaks {@link TextRule}
   */
  public static NewEvent of(String type, String payload) {
    return new NewEvent(
        TextRule.type("event type", type), TextRule.body("event payload", payload), null);
  }

  /**
   * Returns the same event with an id that no other event of its session may have.
   *
   * @param eventId 1 to {@link TextRule#ID_MAX} code points, see {@link TextRule#id}
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public NewEvent withId(String eventId) {
    return new NewEvent(type, payload, TextRule.id("event id", eventId));
  }

  /** Returns the type of the event, which the caller chooses. */
  public String type() {
    return type;
  }

  /** Returns the payload, a text of the caller. */
  public String payload() {
    return payload;
  }

  /** Returns the id that the caller gave to the event, if any. */
  public Optional<String> eventId() {
    return Optional.ofNullable(eventId);
  }

  @Nullable String eventIdOrNull() {
    return eventId;
  }

  @Override
  public String toString() {
    return "NewEvent[type=" + type + ", eventId=" + eventId + "]";
  }
}

package dev.belay.langchain4j;

import dev.belay.session.NewEvent;
import dev.belay.session.SessionEvent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import java.util.regex.Pattern;

/**
 * A message as an event: its type, and as payload the JSON of LangChain4j's codec, whichever the
 * application has installed. Stateless, safe for use by many threads.
 */
final class MessageJson {
  private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

  private MessageJson() {}

  static NewEvent event(ChatMessage message) {
    return NewEvent.of(message.type().name(), json(message));
  }

  static ChatMessage message(String payload) {
    return ChatMessageDeserializer.messageFromJson(payload);
  }

  /**
   * Returns whether {@code stored} is {@code message}, as it was written, or as it would be written
   * now: the codec of another version writes other defaults, and numbers may lose their type.
   */
  static boolean isSame(SessionEvent stored, NewEvent message) {
    return stored.type().equals(message.type())
        && (stored.payload().equals(message.payload())
            || json(message(stored.payload())).equals(message.payload()));
  }

  private static String json(ChatMessage message) {
    return withoutLoneSurrogates(ChatMessageSerializer.messageToJson(message));
  }

  /** Escapes halves of characters, which a model cuts off at times and no store can keep. */
  private static String withoutLoneSurrogates(String json) {
    return LONE_SURROGATE
        .matcher(json)
        .replaceAll(half -> String.format("\\\\u%04x", (int) half.group().charAt(0)));
  }
}

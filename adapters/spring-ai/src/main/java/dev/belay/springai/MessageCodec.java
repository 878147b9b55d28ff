package dev.belay.springai;

import dev.belay.session.NewEvent;
import dev.belay.session.SessionEvent;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AbstractMessage;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage.ToolResponse;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.MediaContent;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message as an event. The type of the event is the type of the message; the payload is JSON with
 * the message in the field {@code message}, which leaves room for what else an event of a session
 * has. Stateless, safe for use by many threads.
 *
 * <p>Equal messages have equal payloads, in every process: fields have an order, and metadata is
 * sorted.
 */
final class MessageCodec {
  private static final Set<Class<?>> PLAIN =
      Set.of(
          UserMessage.class,
          AssistantMessage.class,
          SystemMessage.class,
          ToolResponseMessage.class);
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

  private MessageCodec() {}

  static NewEvent encode(Message message) {
    if (!(message instanceof AbstractMessage)) {
      throw new IllegalArgumentException(
          "a message of " + message.getClass().getName() + " cannot be stored");
    }
    warnOfSubclass(message.getClass());
    ObjectNode payload = Json.MAPPER.createObjectNode();
    ObjectNode body = payload.putObject("message");
    if (message.getText() != null) {
      body.put("text", message.getText());
    }
    if (message instanceof AssistantMessage assistant && assistant.hasToolCalls()) {
      ArrayNode calls = body.putArray("toolCalls");
      for (ToolCall call : assistant.getToolCalls()) {
        calls
            .addObject()
            .put("id", call.id())
            .put("type", call.type())
            .put("name", call.name())
            .put("arguments", call.arguments());
      }
    }
    if (message instanceof ToolResponseMessage tool) {
      ArrayNode responses = body.putArray("responses");
      for (ToolResponse response : tool.getResponses()) {
        responses
            .addObject()
            .put("id", response.id())
            .put("name", response.name())
            .put("data", response.responseData());
      }
    }
    if (message instanceof MediaContent with && !with.getMedia().isEmpty()) {
      body.set("media", MediaCodec.encode(with.getMedia()));
    }
    Map<String, Object> metadata = new HashMap<>(message.getMetadata());
    metadata.remove(AbstractMessage.MESSAGE_TYPE); // every message adds its own
    metadata.remove(BelayChatMemoryRepository.TIMESTAMP);
    if (!metadata.isEmpty()) {
      body.set("metadata", MetadataCodec.encode(metadata));
    }
    return NewEvent.of(message.getMessageType().getValue(), payload.toString());
  }

  private static void warnOfSubclass(Class<?> type) {
    if (!PLAIN.contains(type) && WARNED.add(type.getName())) {
      System.getLogger("dev.belay")
          .log(
              Level.WARNING,
              type.getName()
                  + " comes back as the message of Spring AI that it extends, without what only it"
                  + " has");
    }
  }

  static Message decode(SessionEvent event) {
    return decode(event, new HashMap<>());
  }

  static Message decodeWithTime(SessionEvent event) {
    Map<String, Object> metadata = new HashMap<>();
    metadata.put(BelayChatMemoryRepository.TIMESTAMP, event.at());
    return decode(event, metadata);
  }

  private static Message decode(SessionEvent event, Map<String, Object> metadata) {
    try {
      JsonNode body = Json.MAPPER.readTree(event.payload()).required("message");
      if (body.has("metadata")) {
        metadata.putAll(MetadataCodec.decode(body.get("metadata")));
      }
      return message(MessageType.valueOf(event.type().toUpperCase(Locale.ROOT)), body, metadata);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "session " + event.sessionId() + ": the event at seq " + event.seq() + " is no message",
          e);
    }
  }

  private static Message message(MessageType type, JsonNode body, Map<String, Object> metadata) {
    return switch (type) {
      case USER ->
          UserMessage.builder()
              .text(body.required("text").stringValue())
              .media(MediaCodec.decode(body.path("media")))
              .metadata(metadata)
              .build();
      case SYSTEM ->
          SystemMessage.builder()
              .text(body.required("text").stringValue())
              .metadata(metadata)
              .build();
      case ASSISTANT -> assistant(body, metadata);
      case TOOL ->
          ToolResponseMessage.builder()
              .responses(responses(body.required("responses")))
              .metadata(metadata)
              .build();
    };
  }

  private static AssistantMessage assistant(JsonNode body, Map<String, Object> metadata) {
    AssistantMessage.Builder<?> builder =
        AssistantMessage.builder()
            .properties(metadata)
            .toolCalls(calls(body.path("toolCalls")))
            .media(MediaCodec.decode(body.path("media")));
    String text = text(body, "text");
    return text == null ? builder.build() : builder.content(text).build();
  }

  // To its annotations no part is ever null; some models leave out an id, and it comes back so.
  @SuppressWarnings("NullAway")
  private static List<ToolCall> calls(JsonNode nodes) {
    List<ToolCall> calls = new ArrayList<>();
    for (JsonNode node : nodes) {
      calls.add(
          new ToolCall(
              text(node, "id"), text(node, "type"), text(node, "name"), text(node, "arguments")));
    }
    return calls;
  }

  @SuppressWarnings("NullAway") // as of calls
  private static List<ToolResponse> responses(JsonNode nodes) {
    List<ToolResponse> responses = new ArrayList<>();
    for (JsonNode node : nodes) {
      responses.add(new ToolResponse(text(node, "id"), text(node, "name"), text(node, "data")));
    }
    return responses;
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isString() ? value.stringValue() : null;
  }
}

package dev.belay.adk;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.adk.JsonBaseModel;
import com.google.adk.sessions.SessionException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as JSON, by ADK's own mapper. Stateless, safe for use by many threads. */
final class Json {
  /** The last character before the surrogates. */
  private static final int PLAIN_MAX = 0xD7FF;

  private static final ObjectMapper MAPPER = JsonBaseModel.getMapper();
  private static final TypeReference<Map<String, Object>> STATE = new TypeReference<>() {};

  private Json() {}

  /** Returns {@code value} as a tree; {@code what} names it if it has no JSON. */
  static JsonNode tree(String what, @Nullable Object value) {
    try {
      return MAPPER.valueToTree(value);
    } catch (IllegalArgumentException e) {
      throw new SessionException(what + " cannot be written as JSON", e);
    }
  }

  /** Returns the text of {@code tree}, which Belay takes whatever it says. */
  static String write(JsonNode tree) {
    try {
      String text = MAPPER.writeValueAsString(tree);
      return StandardCharsets.UTF_8.newEncoder().canEncode(text) ? text : escaped(tree);
    } catch (JsonProcessingException e) {
      throw new SessionException("a value cannot be written as JSON", e);
    }
  }

  /** Half an emoji, as a model may cut it off, has no UTF-8; escaped, it is kept. */
  private static String escaped(JsonNode tree) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = MAPPER.getFactory().createGenerator(text)) {
      generator.setHighestNonEscapedChar(PLAIN_MAX);
      MAPPER.writeTree(generator, tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** Returns the object that {@code text} says; an empty one if it is empty. */
  static ObjectNode object(String text) {
    try {
      return text.isEmpty() ? MAPPER.createObjectNode() : MAPPER.readValue(text, ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw unreadable(e);
    }
  }

  /** Returns {@code tree} as {@code type}. */
  static <T> T value(JsonNode tree, Class<T> type) {
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw unreadable(e);
    }
  }

  /** Returns the members of {@code state} as Java values. */
  static Map<String, Object> map(ObjectNode state) {
    return MAPPER.convertValue(state, STATE);
  }

  /** Says where, and not what: Jackson's own message quotes what is stored. */
  private static SessionException unreadable(JsonProcessingException e) {
    String where = e instanceof JsonMappingException at ? at.getPathReference() : "";
    return new SessionException(
        "what is stored cannot be read by this version of ADK: "
            + e.getClass().getSimpleName()
            + " "
            + where);
  }
}

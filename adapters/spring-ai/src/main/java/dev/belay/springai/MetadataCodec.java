package dev.belay.springai;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Metadata as JSON. Stateless, safe for use by many threads.
 *
 * <p>Texts, booleans, ints, doubles, maps and collections are JSON. Other common values carry their
 * type, {@code {"@instant":"…"}}, so that they come back equal. All else comes back as the maps,
 * lists and texts that Jackson writes of it; what Jackson cannot write is refused.
 */
final class MetadataCodec {
  private static final String MARK = "@";
  private static final String MAP = "@map";
  private static final String BYTES = "@bytes";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** A type whose values are written as texts. Immutable, safe for use by many threads. */
  private record Scalar(Class<?> type, String mark, Function<String, Object> parse) {
    static Scalar of(Class<?> type, Function<String, Object> parse) {
      return new Scalar(type, MARK + type.getSimpleName(), parse);
    }
  }

  private static final List<Scalar> SCALARS =
      List.of(
          Scalar.of(Long.class, Long::valueOf),
          Scalar.of(Short.class, Short::valueOf),
          Scalar.of(Byte.class, Byte::valueOf),
          Scalar.of(Float.class, Float::valueOf),
          Scalar.of(Double.class, Double::valueOf), // what is no number of JSON
          Scalar.of(BigInteger.class, BigInteger::new),
          Scalar.of(BigDecimal.class, BigDecimal::new),
          Scalar.of(Instant.class, Instant::parse),
          Scalar.of(Duration.class, Duration::parse),
          Scalar.of(LocalDate.class, LocalDate::parse),
          Scalar.of(LocalDateTime.class, LocalDateTime::parse),
          Scalar.of(OffsetDateTime.class, OffsetDateTime::parse),
          Scalar.of(ZonedDateTime.class, ZonedDateTime::parse),
          Scalar.of(UUID.class, UUID::fromString),
          Scalar.of(URI.class, URI::create));
  private static final Map<Class<?>, Scalar> BY_TYPE =
      SCALARS.stream().collect(Collectors.toUnmodifiableMap(Scalar::type, scalar -> scalar));
  private static final Map<String, Scalar> BY_MARK =
      SCALARS.stream().collect(Collectors.toUnmodifiableMap(Scalar::mark, scalar -> scalar));

  private MetadataCodec() {}

  /**
   * Returns the JSON of {@code metadata}.
   *
   * @throws IllegalArgumentException if a value cannot be written; it names the key and the class
   */
  static ObjectNode encode(Map<String, Object> metadata) {
    ObjectNode node = NODES.objectNode();
    for (Map.Entry<String, Object> entry : new TreeMap<>(metadata).entrySet()) {
      try {
        node.set(entry.getKey(), value(entry.getValue()));
      } catch (JacksonException e) {
        throw new IllegalArgumentException(
            "metadata "
                + entry.getKey()
                + " cannot be stored: it has a "
                + entry.getValue().getClass().getName(),
            e);
      }
    }
    return node;
  }

  private static JsonNode value(@Nullable Object value) {
    if (value == null) {
      return NODES.nullNode();
    }
    if (value instanceof String text) {
      return NODES.stringNode(text);
    }
    if (value instanceof Boolean flag) {
      return NODES.booleanNode(flag);
    }
    if (value instanceof Integer number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Double number && Double.isFinite(number)) {
      return NODES.numberNode(number);
    }
    Scalar scalar = BY_TYPE.get(value.getClass());
    if (scalar != null) {
      return NODES.objectNode().put(scalar.mark(), value.toString());
    }
    if (value instanceof byte[] bytes) {
      return NODES.objectNode().put(BYTES, Base64.getEncoder().encodeToString(bytes));
    }
    if (value instanceof Map<?, ?> map
        && map.keySet().stream().allMatch(String.class::isInstance)) {
      return map(map);
    }
    if (value instanceof Collection<?> elements) {
      ArrayNode array = NODES.arrayNode();
      elements.forEach(element -> array.add(value(element)));
      return array;
    }
    return value(Json.MAPPER.readValue(Json.MAPPER.writeValueAsString(value), Object.class));
  }

  private static JsonNode map(Map<?, ?> map) {
    ObjectNode node = NODES.objectNode();
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put((String) key, value));
    sorted.forEach((key, value) -> node.set(key, value(value)));
    boolean looksMarked = sorted.keySet().stream().anyMatch(key -> key.startsWith(MARK));
    return looksMarked ? NODES.objectNode().set(MAP, node) : node;
  }

  static Map<String, Object> decode(JsonNode node) {
    Map<String, Object> metadata = new HashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      metadata.put(field.getKey(), value(field.getValue()));
    }
    return metadata;
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    if (node.isString()) {
      return node.stringValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isInt()) {
      return node.intValue();
    }
    if (node.isNumber()) {
      return node.doubleValue();
    }
    if (node.isArray()) {
      List<@Nullable Object> elements = new ArrayList<>();
      node.forEach(element -> elements.add(value(element)));
      return elements;
    }
    return object(node);
  }

  private static Object object(JsonNode node) {
    if (node.size() == 1) {
      Map.Entry<String, JsonNode> only = node.properties().iterator().next();
      Scalar scalar = BY_MARK.get(only.getKey());
      if (scalar != null) {
        return scalar.parse().apply(only.getValue().stringValue());
      }
      if (only.getKey().equals(BYTES)) {
        return Base64.getDecoder().decode(only.getValue().stringValue());
      }
      if (only.getKey().equals(MAP)) {
        return decode(only.getValue());
      }
    }
    return decode(node);
  }
}

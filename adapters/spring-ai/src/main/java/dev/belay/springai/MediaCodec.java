package dev.belay.springai;

import java.net.MalformedURLException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.ai.content.Media;
import org.springframework.util.MimeType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Media as JSON: bytes as Base64, links as they are. Stateless, safe for use by many threads. */
final class MediaCodec {
  private MediaCodec() {}

  static ArrayNode encode(List<Media> media) {
    ArrayNode nodes = Json.MAPPER.createArrayNode();
    for (Media medium : media) {
      ObjectNode node = nodes.addObject().put("mimeType", medium.getMimeType().toString());
      if (medium.getId() != null) {
        node.put("id", medium.getId());
      }
      node.put("name", medium.getName());
      Object data = medium.getData();
      if (data instanceof byte[] bytes) {
        node.put("bytes", Base64.getEncoder().encodeToString(bytes));
      } else if (data instanceof String text) {
        node.put("text", text);
      } else if (data instanceof URL url) {
        node.put("url", url.toExternalForm());
      } else {
        throw new IllegalArgumentException(
            "media with data of " + data.getClass().getName() + " cannot be stored");
      }
    }
    return nodes;
  }

  static List<Media> decode(JsonNode nodes) {
    List<Media> media = new ArrayList<>();
    for (JsonNode node : nodes) {
      Media.Builder builder =
          Media.builder()
              .mimeType(MimeType.valueOf(node.required("mimeType").stringValue()))
              .name(node.required("name").stringValue());
      if (node.has("id")) {
        builder.id(node.get("id").stringValue());
      }
      media.add(data(builder, node).build());
    }
    return media;
  }

  private static Media.Builder data(Media.Builder builder, JsonNode node) {
    if (node.has("bytes")) {
      return builder.data(Base64.getDecoder().decode(node.get("bytes").stringValue()));
    }
    if (node.has("text")) {
      return builder.data(node.get("text").stringValue());
    }
    try {
      return builder.data(new URL(node.required("url").stringValue()));
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }
}

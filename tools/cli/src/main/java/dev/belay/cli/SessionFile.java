package dev.belay.cli;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.belay.session.NewEvent;
import dev.belay.store.TextRule;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads what {@link SessionExport} wrote, line by line, and refuses what it cannot have written.
 * Belongs to one thread.
 */
final class SessionFile implements AutoCloseable {
  private static final Map<String, Set<String>> NAMES =
      Map.of(
          "session",
          Set.of("kind", "id", "revision", "leaf", "state", "createdAt", "updatedAt", "format"),
          "event",
          Set.of("kind", "session", "seq", "parent", "id", "type", "payload", "at"),
          "end",
          Set.of("kind", "session", "events"));

  private final InputStream in;
  private final JsonParser parser;
  private final long offset;
  private Map<String, Object> line;
  private long lineAt;

  private SessionFile(InputStream in, long offset) throws IOException {
    this.in = in;
    this.offset = offset;
    this.parser = Json.FACTORY.createParser(in);
  }

  /** Begins at the offset of a session. */
  static SessionFile open(Path file, long offset) throws IOException {
    FileChannel channel = FileChannel.open(file);
    try {
      channel.position(offset);
      return new SessionFile(new BufferedInputStream(Channels.newInputStream(channel)), offset);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Reads the next line. Returns false at the end. */
  boolean next() throws IOException {
    try {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return false;
      }
      lineAt = offset + parser.currentTokenLocation().getByteOffset();
      require(token == JsonToken.START_OBJECT, "is no object");
      line = new HashMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        line.put(name, value(name, parser.nextToken()));
      }
    } catch (JsonParseException e) {
      throw new Refused("at byte " + (offset + e.getLocation().getByteOffset()) + ": no JSON");
    }
    Set<String> names = NAMES.get(String.valueOf(line.get("kind")));
    require(names != null, "is of no kind that 'export' writes");
    require(line.keySet().equals(names), "has other names than 'export' writes");
    return true;
  }

  private Object value(String name, JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NULL -> null;
      default -> throw new Refused(place() + ": '" + name + "' is no text and no number");
    };
  }

  /** Returns the offset of the line. */
  long offset() {
    return lineAt;
  }

  boolean is(String kind) {
    return kind.equals(line.get("kind"));
  }

  String text(String name) {
    require(line.get(name) instanceof String, "has no text '" + name + "'");
    return (String) line.get(name);
  }

  long number(String name) {
    require(line.get(name) instanceof Long number && number >= 0, "has no number '" + name + "'");
    return (Long) line.get(name);
  }

  /** Returns the event of the line, as it is to be appended. */
  NewEvent event() {
    try {
      NewEvent event = NewEvent.of(text("type"), text("payload"));
      return line.get("id") == null ? event : event.withId(text("id"));
    } catch (IllegalArgumentException e) {
      throw new Refused(place() + ": " + e.getMessage());
    }
  }

  /** Returns the id of the session of the line. */
  String sessionId() {
    try {
      return TextRule.id("session id", text(is("session") ? "id" : "session"));
    } catch (IllegalArgumentException e) {
      throw new Refused(place() + ": " + e.getMessage());
    }
  }

  void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new Refused(place() + ": " + otherwise);
    }
  }

  private String place() {
    return "the line at byte " + lineAt;
  }

  @Override
  public void close() throws IOException {
    parser.close();
    in.close();
  }
}

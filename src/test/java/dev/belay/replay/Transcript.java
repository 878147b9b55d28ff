package dev.belay.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.belay.session.NewEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A recorded agent run: a file of JSON objects, one message per line, each with a {@code role}.
 * Immutable, safe for use by many threads.
 *
 * <p>A line is what stands between two line feeds, byte for byte: a carriage return before the line
 * feed belongs to it, and the last line needs no line feed. A blank line is no message and is
 * refused. A file without lines is a run in which nothing happened.
 *
 * <p>A turn is the stretch of lines up to and including the next message of the assistant; what
 * comes after the last of those is a turn too.
 *
 * @param file where it was read
 * @param name the file's name without {@code .jsonl}
 * @param turns its lines, each turn with one at least
 */
record Transcript(Path file, String name, List<List<Line>> turns) {
  private static final String SUFFIX = ".jsonl";
  private static final String ASSISTANT = "assistant";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  /** One message. Its {@code role} is the type of its event, its whole {@code text} the payload. */
  record Line(String role, String text) {
    NewEvent event() {
      return NewEvent.of(role, text);
    }
  }

  Transcript {
    turns = turns.stream().map(List::copyOf).toList();
  }

  /** All lines of all turns. */
  List<Line> lines() {
    return turns.stream().flatMap(List::stream).toList();
  }

  /** The session of this run in {@code round}: the name, from the second round on with a number. */
  String sessionId(int round) {
    // No file name holds a slash, so that no other file's session can be called this.
    return round == 1 ? name : name + "/" + round;
  }

  /** The transcripts of {@code folder} in the order of their names; at least one. */
  static List<Transcript> readFolder(Path folder) {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(Transcript::isTranscript).sorted().toList();
    } catch (IOException e) {
      throw new TranscriptException("cannot read the folder " + folder + ": " + e, e);
    }
    if (files.isEmpty()) {
      throw new TranscriptException("no *" + SUFFIX + " in the folder " + folder, null);
    }
    return files.stream().map(Transcript::read).toList();
  }

  /** The transcript in {@code file}. */
  static Transcript read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TranscriptException("cannot read " + file + ": " + e, e);
    }
    List<Line> lines = new ArrayList<>();
    int start = 0;
    while (start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      lines.add(line(ByteBuffer.wrap(bytes, start, end - start), file, lines.size() + 1));
      start = end + 1;
    }
    String fileName = file.getFileName().toString();
    String name = fileName.substring(0, fileName.length() - SUFFIX.length());
    return new Transcript(file, name, turns(lines));
  }

  private static List<List<Line>> turns(List<Line> lines) {
    List<List<Line>> turns = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).role().equals(ASSISTANT) || i == lines.size() - 1) {
        turns.add(lines.subList(start, i + 1));
        start = i + 1;
      }
    }
    return turns;
  }

  private static boolean isTranscript(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(SUFFIX) && name.length() > SUFFIX.length() && Files.isRegularFile(file);
  }

  private static Line line(ByteBuffer bytes, Path file, int number) {
    String where = file + ", line " + number + ": ";
    try {
      // A fresh decoder reports what is no UTF-8; new String(…) would put in other characters.
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      Line line = new Line(role(text), text);
      line.event(); // which knows what the store can hold
      return line;
    } catch (CharacterCodingException e) {
      throw new TranscriptException(where + "is not UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new TranscriptException(where + "is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new TranscriptException(where + e.getMessage(), e);
    }
  }

  /** The value of the key {@code role} of the JSON object that {@code text} must be. */
  private static String role(String text) throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("is no JSON object");
      }
      String role = null;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        boolean isRole = parser.currentName().equals("role");
        JsonToken value = parser.nextToken();
        if (isRole && value == JsonToken.VALUE_STRING) {
          role = parser.getText();
        }
        parser.skipChildren();
      }
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("goes on after its JSON object");
      }
      if (role == null) {
        throw new IllegalArgumentException("has no role");
      }
      return role;
    }
  }
}

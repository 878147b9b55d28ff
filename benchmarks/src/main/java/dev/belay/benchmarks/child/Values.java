package dev.belay.benchmarks.child;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What a {@link Task} is told and what it reports, by name. Travels as arguments or as one line of
 * text. Immutable; every {@code with} returns a changed copy.
 */
public record Values(Map<String, String> values) {
  /** Takes a copy. */
  public Values {
    values = Map.copyOf(values);
  }

  /** None yet. */
  public Values() {
    this(Map.of());
  }

  /** The file that a task opens. */
  public static Values of(Path file) {
    return new Values().with("file", file);
  }

  static Values parse(List<String> arguments) {
    Map<String, String> values = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return new Values(values);
  }

  static Values parse(String line) {
    return parse(Arrays.asList(line.split(" ")));
  }

  List<String> arguments() {
    return values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  String line() {
    return String.join(" ", arguments());
  }

  /** With another value; in a report, its text has no blanks. */
  public Values with(String name, Object value) {
    Map<String, String> changed = new HashMap<>(values);
    changed.put(name, value.toString());
    return new Values(changed);
  }

  /** With another histogram. */
  public Values with(String name, Histogram histogram) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    bytes.flip().limit(length);
    byte[] text = Base64.getEncoder().encode(bytes).array();
    return with(name, new String(text, StandardCharsets.US_ASCII));
  }

  /** The file of {@link #of}. */
  public Path file() {
    return Path.of(text("file"));
  }

  /** As it was said. */
  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("nothing is said of '" + name + "': " + values);
    }
    return value;
  }

  /** A small number. */
  public int number(String name) {
    return Integer.parseInt(text(name));
  }

  /** A count, bytes, or nanoseconds. */
  public long count(String name) {
    return Long.parseLong(text(name));
  }

  /** A rate. */
  public double rate(String name) {
    return Double.parseDouble(text(name));
  }

  /** A histogram. */
  public Histogram histogram(String name) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text(name)));
    try {
      return Histogram.decodeFromCompressedByteBuffer(bytes, 0);
    } catch (DataFormatException e) {
      throw new IllegalStateException("the histogram '" + name + "' is damaged", e);
    }
  }
}

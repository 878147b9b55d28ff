package dev.belay.benchmarks.processes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What a {@link Task} has measured: counts, and histograms of nanoseconds. Travels as one line of
 * text. Belongs to one thread.
 */
final class Report {
  private final Map<String, String> values = new LinkedHashMap<>();

  static Report parse(String line) {
    Report report = new Report();
    for (String part : line.split(" ")) {
      int equals = part.indexOf('=');
      report.values.put(part.substring(0, equals), part.substring(equals + 1));
    }
    return report;
  }

  String line() {
    StringJoiner line = new StringJoiner(" ");
    values.forEach((name, value) -> line.add(name + "=" + value));
    return line.toString();
  }

  /** Adds a text without blanks. */
  Report text(String name, String value) {
    values.put(name, value);
    return this;
  }

  Report count(String name, long value) {
    return text(name, Long.toString(value));
  }

  Report histogram(String name, Histogram histogram) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    bytes.flip().limit(length);
    Base64.Encoder base64 = Base64.getEncoder();
    return text(name, new String(base64.encode(bytes).array(), StandardCharsets.US_ASCII));
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("the report says nothing of '" + name + "': " + values);
    }
    return value;
  }

  long count(String name) {
    return Long.parseLong(text(name));
  }

  Histogram histogram(String name) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text(name)));
    try {
      return Histogram.decodeFromCompressedByteBuffer(bytes, 0);
    } catch (DataFormatException e) {
      throw new IllegalStateException("the report's histogram '" + name + "' is damaged", e);
    }
  }
}

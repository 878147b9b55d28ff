package dev.belay.micrometer;

import dev.belay.queue.NewWork;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The headers of work to enqueue: those of the application, and those of the trace that fit in
 * beside them. Belongs to one thread.
 *
 * <p>A trace never makes an enqueue fail: a header that would exceed {@link
 * NewWork#HEADERS_BYTES_MAX}, such as a long baggage, is left out.
 */
final class TraceHeaders {
  private final Map<String, String> headers;
  private final List<String> leftOut = new ArrayList<>();
  private int bytes;

  TraceHeaders(Map<String, String> own) {
    headers = new HashMap<>(own);
    own.forEach((name, value) -> bytes += bytes(name, value));
  }

  void add(String name, String value) {
    String before = headers.get(name);
    int bytesAfter = bytes + bytes(name, value) - (before == null ? 0 : bytes(name, before));
    if (bytesAfter > NewWork.HEADERS_BYTES_MAX) {
      leftOut.add(name);
    } else {
      headers.put(name, value);
      bytes = bytesAfter;
    }
  }

  Map<String, String> headers() {
    return headers;
  }

  List<String> leftOut() {
    return leftOut;
  }

  private static int bytes(String name, String value) {
    return name.getBytes(StandardCharsets.UTF_8).length
        + value.getBytes(StandardCharsets.UTF_8).length;
  }
}

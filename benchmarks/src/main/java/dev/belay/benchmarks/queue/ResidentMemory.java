package dev.belay.benchmarks.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How much memory this process has in RAM, native memory included. Linux only. */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long KIB = 1024;

  private ResidentMemory() {}

  static boolean isKnown() {
    return Files.isReadable(STATUS);
  }

  static long bytes() throws IOException {
    try (Stream<String> lines = Files.lines(STATUS)) {
      String line =
          lines
              .filter(each -> each.startsWith("VmRSS:"))
              .findFirst()
              .orElseThrow(() -> new IOException(STATUS + " has no VmRSS"));
      return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
    }
  }
}

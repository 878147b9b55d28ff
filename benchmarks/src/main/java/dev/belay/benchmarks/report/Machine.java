package dev.belay.benchmarks.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What it ran on. Immutable.
 *
 * @param fileSystem of the folder for temporary files, where every store lies
 */
public record Machine(
    String cpu, int cores, double memoryGiB, String kernel, String fileSystem, String jvm) {

  /** This one. */
  public static Machine here() throws IOException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Path temp = Path.of(System.getProperty("java.io.tmpdir"));
    return new Machine(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        Math.round(system.getTotalMemorySize() / (double) (1 << 30) * 10) / 10.0,
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Files.getFileStore(temp).type(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
  }

  private static String cpuModel() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      try (Stream<String> lines = Files.lines(info)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(System.getProperty("os.arch"));
      }
    }
    return System.getProperty("os.arch");
  }
}

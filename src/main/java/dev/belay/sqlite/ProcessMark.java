package dev.belay.sqlite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A mark that identifies one process among all processes, earlier and later ones included.
 * Immutable, safe for use by many threads.
 *
 * <p>A process number alone does not identify a process: a process in another container or on
 * another host may have the same number, and so may a later process here. Where there is no {@code
 * /proc}, nothing is known about any process.
 *
 * @param system the running system and the process number space within it; {@link #UNKNOWN} if that
 *     cannot be determined
 * @param pid the number of the process
 * @param start the time at which it started, in the system's clock ticks
 */
record ProcessMark(String system, long pid, long start) {
  /** The pattern of the text of a mark. */
  static final String PATTERN = "[0-9a-f]{12}-\\d{1,18}-\\d{1,18}";

  // Short, because SQLite accepts no path of more than 512 bytes.
  private static final int SYSTEM_LENGTH = 12;
  private static final String UNKNOWN = "0".repeat(SYSTEM_LENGTH);
  private static final int STATE = 0;
  private static final int START = 19;

  static ProcessMark ofThisProcess() {
    long pid = ProcessHandle.current().pid();
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      String space = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      UUID system = UUID.nameUUIDFromBytes((boot + space).getBytes(StandardCharsets.UTF_8));
      String hash = system.toString().replace("-", "").substring(0, SYSTEM_LENGTH);
      return new ProcessMark(hash, pid, Long.parseLong(stat("self")[START]));
    } catch (IOException | UnsupportedOperationException e) {
      return new ProcessMark(UNKNOWN, pid, 0); // not Linux, or no /proc
    }
  }

  /** Returns the mark whose text is {@code text}, which must match {@link #PATTERN}. */
  static ProcessMark of(String text) {
    String[] parts = text.split("-", -1);
    return new ProcessMark(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }

  /** Returns whether {@code other} has certainly ended; false if this process cannot tell. */
  boolean knowsEnded(ProcessMark other) throws IOException {
    if (system.equals(UNKNOWN) || !system.equals(other.system)) {
      return false;
    }
    try {
      String[] stat = stat(Long.toString(other.pid));
      // Z and X: the process has ended, but its parent has not read its exit status yet.
      return Long.parseLong(stat[START]) != other.start || "ZX".contains(stat[STATE]);
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  /**
   * Returns the fields after the name of the program, which may itself contain blanks and brackets.
   *
   * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
   */
  private static String[] stat(String process) throws IOException {
    String line = Files.readString(Path.of("/proc", process, "stat"), StandardCharsets.ISO_8859_1);
    return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
  }

  @Override
  public String toString() {
    return system + "-" + pid + "-" + start;
  }
}

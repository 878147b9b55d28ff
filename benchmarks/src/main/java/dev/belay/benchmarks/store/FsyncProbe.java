package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * How long the disk takes to say that it has something: 4 KiB are appended to a file and forced, as
 * a commit does with the log. No commit that waits for the disk can be faster than this. Stateless.
 */
public final class FsyncProbe {
  private static final int APPEND_BYTES = 4096;

  private FsyncProbe() {}

  /** The median of {@code count} times, in microseconds. */
  public static double medianUs(int count) throws IOException {
    long[] nanos = new long[count];
    try (Scratch folder = new Scratch();
        FileChannel file =
            FileChannel.open(
                folder.file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer page = ByteBuffer.allocateDirect(APPEND_BYTES);
      for (int i = 0; i < count; i++) {
        page.clear();
        long start = System.nanoTime();
        file.write(page);
        file.force(false);
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    return nanos[count / 2] / 1e3;
  }
}

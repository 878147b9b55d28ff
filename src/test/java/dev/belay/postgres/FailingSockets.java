package dev.belay.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * Sockets whose reads end in an {@link Error} when the current thread has asked for it, as if its
 * stack had overflowed within the driver. For the URL parameter {@code socketFactory}. Safe for use
 * by many threads.
 */
public final class FailingSockets extends DriverSockets {
  private static final ThreadLocal<Integer> FAILURES = ThreadLocal.withInitial(() -> 0);
  private static final ThreadLocal<@Nullable Asked> ASKED = new ThreadLocal<>();

  /** A text that is sent, and the number of reads that fail from then on. */
  private record Asked(String text, int failures) {}

  /** Lets {@code failures} reads of the current thread fail once it has sent {@code text}. */
  static void failAfter(String text, int failures) {
    ASKED.set(new Asked(text, failures));
  }

  static void failNoMore() {
    FAILURES.remove();
  }

  @Override
  public Socket createSocket() {
    return new FailingSocket();
  }

  private static final class FailingSocket extends Socket {
    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          Asked asked = ASKED.get();
          if (asked != null && new String(bytes, from, length, UTF_8).contains(asked.text)) {
            ASKED.remove();
            FAILURES.set(asked.failures);
          }
          out.write(bytes, from, length);
        }
      };
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
          if (FAILURES.get() > 0) {
            FAILURES.set(FAILURES.get() - 1);
            throw new StackOverflowError("within an answer");
          }
          return in.read(bytes, from, length);
        }
      };
    }
  }
}

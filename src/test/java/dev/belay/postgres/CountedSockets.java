package dev.belay.postgres;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/**
 * Sockets that count what the current thread sends: the driver writes once for each round trip, if
 * its messages are small. For the URL parameter {@code socketFactory}. Safe for use by many
 * threads.
 */
public final class CountedSockets extends DriverSockets {
  private static final ThreadLocal<Integer> SENT = ThreadLocal.withInitial(() -> 0);

  /** How often the current thread has sent something. */
  static int sent() {
    return SENT.get();
  }

  @Override
  public Socket createSocket() {
    return new CountedSocket();
  }

  private static final class CountedSocket extends Socket {
    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          SENT.set(SENT.get() + 1);
          out.write(bytes, from, length);
        }
      };
    }
  }
}

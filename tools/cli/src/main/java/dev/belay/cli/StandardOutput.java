package dev.belay.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/**
 * What a process writes its data to. A reader that has gone, as after {@code head}, ends the
 * command quietly; any other failure is one of the command, because what was written is not all.
 * Belongs to the thread that runs the command.
 */
final class StandardOutput extends FilterOutputStream {
  /* A PrintStream keeps an IOException to itself, and passes on an unchecked one. */

  private static final Pattern READER_GONE =
      Pattern.compile(
          "broken pipe|pipe is being closed|connection reset", Pattern.CASE_INSENSITIVE);

  StandardOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static IOException failed(IOException e) {
    if (READER_GONE.matcher(String.valueOf(e.getMessage())).find()) {
      return e;
    }
    throw new UncheckedIOException("standard output cannot be written: " + e.getMessage(), e);
  }
}

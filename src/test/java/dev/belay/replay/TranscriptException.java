package dev.belay.replay;

import org.jspecify.annotations.Nullable;

/** The job cannot begin. The message names the file and the line, or the option. */
final class TranscriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TranscriptException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

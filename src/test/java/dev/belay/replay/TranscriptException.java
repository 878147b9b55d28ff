package dev.belay.replay;

import org.jspecify.annotations.Nullable;

/** A folder of transcripts that cannot be replayed. The message names the file and the line. */
final class TranscriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TranscriptException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

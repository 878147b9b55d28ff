package dev.belay.dashboard;

import org.jspecify.annotations.Nullable;

/** A request that no page can answer; its message is for the reader of the page. */
final class BadRequestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadRequestException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

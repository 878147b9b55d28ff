package dev.belay.adk;

import com.google.adk.sessions.SessionException;

/**
 * A strict service has refused an event: the session was changed, or deleted and created again,
 * since the caller read it. Nothing was written; read the session again. Immutable, safe for use by
 * many threads.
 */
public final class StaleSessionException extends SessionException {
  private static final long serialVersionUID = 1;

  StaleSessionException(String message) {
    super(message);
  }
}

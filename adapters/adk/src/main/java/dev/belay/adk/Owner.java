package dev.belay.adk;

import java.util.Objects;

/**
 * The application and the user that own sessions, and the ids of Belay's sessions for them.
 * Immutable, safe for use by many threads.
 */
record Owner(String app, String user) {
  Owner {
    Objects.requireNonNull(app, "appName");
    Objects.requireNonNull(user, "userId");
  }

  /** Returns the id of the session whose state all users of the application share. */
  String appKey() {
    return "adk/app/" + KeyText.encode(app);
  }

  /** Returns the id of the session whose state all sessions of the user share. */
  String userKey() {
    return "adk/user/" + KeyText.encode(app) + "/" + KeyText.encode(user);
  }

  /** Returns how the ids of the user's sessions begin, and no other ids. */
  String prefix() {
    return "adk/session/" + KeyText.encode(app) + "/" + KeyText.encode(user) + "/";
  }

  /** Returns the id, in Belay, of the user's session {@code id}, which is trimmed. */
  String key(String id) {
    return prefix() + KeyText.encode(Objects.requireNonNull(id, "sessionId").trim());
  }

  /** Returns the id, in ADK, of the session that has the id {@code key} in Belay. */
  String idOf(String key) {
    return KeyText.decode(key.substring(prefix().length()));
  }
}

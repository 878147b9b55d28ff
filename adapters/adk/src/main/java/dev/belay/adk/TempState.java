package dev.belay.adk;

import com.google.adk.sessions.State;

/** What becomes of keys that begin with {@code temp:}. Immutable, safe for use by many threads. */
enum TempState {
  /** They are on the caller's session only, until it is read again. */
  DROPPED {
    @Override
    boolean stores(String key) {
      return !key.startsWith(State.TEMP_PREFIX);
    }
  },
  /** They are stored as any other key. */
  STORED {
    @Override
    boolean stores(String key) {
      return true;
    }
  };

  /** Returns whether {@code key} is written to a store. */
  abstract boolean stores(String key);
}

package dev.belay.lease;

import dev.belay.engine.TokenSpace;
import dev.belay.store.TextRule;
import java.time.Instant;
import java.util.Objects;

/**
 * A lease as it was when it was granted, renewed or found. Immutable, safe for use by many threads.
 *
 * <p>Name and token say which grant it is; no verb looks at the rest. The token is larger than that
 * of every earlier grant, so it serves as a fencing token in other systems.
 *
 * @param name what is leased
 * @param holder who acquired it: a label, which gives no right
 * @param token which grant it is, from 1 to {@link TokenSpace#TOKEN_MAX}
 * @param acquiredAt when it was granted; renewing keeps it
 * @param expiresAt the first instant at which it is no longer live
 */
public record Lease(String name, String holder, long token, Instant acquiredAt, Instant expiresAt) {
  /** Refuses what no store grants. */
  public Lease {
    TextRule.id("lease name", name);
    TextRule.id("holder", holder);
    if (token < 1 || token > TokenSpace.TOKEN_MAX) {
      throw new IllegalArgumentException(
          "token must be from 1 to " + TokenSpace.TOKEN_MAX + ": " + token);
    }
    Objects.requireNonNull(acquiredAt, "acquiredAt");
    Objects.requireNonNull(expiresAt, "expiresAt");
  }
}

package dev.belay.engine;

import dev.belay.store.TxBody;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The renewals of one caller, as the body of a {@link StoreEngine#verbFirst}. An engine may do the
 * grants of several callers in one round trip first; the body then runs only for what is left. So
 * the rules of a renewal are written in the body, and only its usual case twice. Belongs to the
 * thread of its caller until it is submitted, then to the one that serves it.
 */
public interface Renewals<T extends @Nullable Object> extends TxBody<T, RuntimeException> {
  /** What is renewed. */
  sealed interface Grant {
    /** Returns the duration of the renewal, in milliseconds. */
    long ttlMs();
  }

  /** A lease. */
  record LeaseGrant(String name, long token, long ttlMs) implements Grant {}

  /** A claim of work that is in no lane. */
  record ClaimGrant(String queue, long id, long token, long ttlMs) implements Grant {}

  /** A grant after its renewal: a lease has a holder, and a claim may be asked to cancel. */
  record Renewed(String holder, long grantedAtMs, long expiresAtMs, boolean cancelRequested) {}

  /** Returns the grants that may be renewed without the body. */
  List<Grant> grants();

  /**
   * Takes the result of each of {@link #grants}; null if that one was not renewed.
   *
   * @return whether the body need not run
   */
  boolean take(List<@Nullable Renewed> renewed);

  /** Returns the result, once nothing is left for the body. */
  T result();
}

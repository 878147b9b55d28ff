package dev.belay.engine;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Belay's own verbs in their usual case, for an engine that runs those of several callers in one
 * round trip. Safe for use by many threads.
 *
 * <p>Each method either does all of its verb, or answers that it has done nothing. Then the caller
 * runs the verb as a body of its own, which knows every case. So the rules of a verb are written
 * once, and only its most frequent outcome twice.
 */
public interface GroupVerbs {
  /** Does nothing, for an engine that gains nothing from groups of this kind. */
  GroupVerbs NONE = new GroupVerbs() {};

  /**
   * A commit to a session that exists, which only appends events without ids at the leaf.
   *
   * @param revision the expected revision; null for any
   * @param operation the id of the operation; null for none
   * @param hash the hash of an operation in hexadecimal digits, of {@code hashFormat}
   * @param state the new state; null to leave it
   */
  record Append(
      String session,
      @Nullable Long revision,
      @Nullable String operation,
      int hashFormat,
      @Nullable String hash,
      List<Event> events,
      @Nullable String state) {}

  /** An event to append. */
  record Event(String type, String payload) {}

  /** The head after an {@link Append}, and the range of its events. */
  record Appended(long revision, long firstSeq, long lastSeq) {}

  /** Appends, or returns null: nothing has happened. */
  default @Nullable Appended append(Append append) {
    return null;
  }

  /** A request for a lease. */
  record Request(String name, String holder, long ttlMs) {}

  /** A grant of a lease. */
  record Grant(String holder, long token, Instant acquiredAt, Instant expiresAt) {}

  /**
   * The answer to a {@link Request}.
   *
   * @param granted the new grant; null if the last one is live
   * @param last the last grant; null if it was released
   */
  record Acquired(@Nullable Grant granted, @Nullable Grant last) {}

  /** Asks for a lease, or returns null: nothing has happened. */
  default @Nullable Acquired acquire(Request request) {
    return null;
  }

  /** Releases a live lease. Returns false if nothing has happened. */
  default boolean release(String lease, long token) {
    return false;
  }

  /** Work without key and delay. */
  record Addition(
      String queue,
      @Nullable String lane,
      String type,
      int priority,
      int attemptsMax,
      @Nullable String headers,
      String payload,
      long payloadBytes) {}

  /** Enqueues. Returns the id, or 0: nothing has happened. */
  default long add(Addition addition) {
    return 0;
  }

  /** Work that has been claimed. */
  record Taken(
      long id,
      long token,
      String type,
      String payload,
      @Nullable String lane,
      int attempt,
      int attemptsMax,
      @Nullable String headers,
      Instant claimedAt,
      Instant expiresAt) {}

  /** A claim of up to {@code max} pieces of work. */
  record Take(String queue, String worker, long ttlMs, int max) {}

  /** Claims. Returns the work, or an empty list: nothing has happened. */
  default List<Taken> take(Take take) {
    return List.of();
  }

  /** The completion of a claim that is, in a lane, the only one of its grant. */
  record Completion(
      String queue, @Nullable String lane, long id, long token, @Nullable String result) {}

  /** Completes. Returns for each whether it has been completed; if not, nothing has happened. */
  default List<Boolean> complete(List<Completion> completions) {
    return completions.stream().map(one -> false).toList();
  }
}

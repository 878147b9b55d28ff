package dev.belay;

import dev.belay.queue.WorkState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds, for people and dashboards. Immutable, safe for use by many threads.
 *
 * <p>Reading it writes nothing and costs a bounded amount, whatever the store holds: each count
 * reads at most {@link #COUNT_MAX} entries of an index. The numbers of one queue are from one
 * snapshot; queues are read one after another.
 *
 * @param engine the database behind the store
 * @param at the time of the store's clock
 * @param sessions the sessions that exist
 * @param leases the live leases
 * @param queues the queues that have any work, in the order of their names, at most {@link
 *     #QUEUES_MAX}
 * @param moreQueues whether there are more queues
 */
public record StoreStats(
    Engine engine,
    Instant at,
    Count sessions,
    Count leases,
    List<QueueCounts> queues,
    boolean moreQueues) {
  /** The maximum number of index entries that one count reads: 10,000. */
  public static final int COUNT_MAX = 10_000;

  /** The maximum number of queues: 1,000. */
  public static final int QUEUES_MAX = 1_000;

  /** Copies {@code queues}. */
  public StoreStats {
    queues = List.copyOf(queues);
  }

  /**
   * The database behind a store. Immutable, safe for use by many threads.
   *
   * @param name its name
   * @param version its version
   * @param location the file, or the database with the schema, without a password
   * @param schemaVersion the version of Belay's schema in the store
   * @param bytes the size of the store: of the file, or of Belay's tables and indexes on a server
   * @param walBytes the size of the write-ahead log of the file; 0 if it has none of its own
   */
  public record Engine(
      String name,
      String version,
      String location,
      String schemaVersion,
      long bytes,
      long walBytes) {}

  /**
   * A number that was counted up to a bound. Immutable, safe for use by many threads.
   *
   * @param value the number
   * @param atLeast whether counting ended at the bound, so that the number may be larger
   */
  public record Count(long value, boolean atLeast) {
    /** Returns the number, with a plus sign if it may be larger. */
    @Override
    public String toString() {
      return atLeast ? value + "+" : Long.toString(value);
    }
  }

  /**
   * The work of one queue. Immutable, safe for use by many threads.
   *
   * @param queue the name of the queue
   * @param counts the number of pieces of work in each state; has every state
   * @param oldestReadyAt when the oldest claimable work was enqueued; null if there is none
   * @param oldestClaimedAt when the oldest claim began, among {@link #COUNT_MAX} claims; null if
   *     there is none
   */
  public record QueueCounts(
      String queue,
      Map<WorkState, Count> counts,
      @Nullable Instant oldestReadyAt,
      @Nullable Instant oldestClaimedAt) {
    /** Copies {@code counts}. */
    public QueueCounts {
      counts = Map.copyOf(counts);
    }

    /** Returns the number of pieces of work in one state. */
    public Count count(WorkState state) {
      return Objects.requireNonNull(counts.get(state));
    }
  }
}

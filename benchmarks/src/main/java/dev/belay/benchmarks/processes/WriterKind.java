package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.RawConnection;
import java.util.Arrays;

/** The ways to write that are compared. Immutable. */
enum WriterKind {
  /** Belay, as a host uses it. */
  BELAY("belay", BelayWriter::new),
  /** SQLite as it comes: its own wait, a connection for every caller, its own checkpoints. */
  STOCK(
      "stock, checkpoints at 1000",
      settings -> new ConnectionPerCaller(settings, RawConnection.CHECKPOINT_PAGES_STOCK)),
  /** The same, but for the checkpoints. */
  RAW(
      "raw, checkpoints at 4000",
      settings -> new ConnectionPerCaller(settings, RawConnection.CHECKPOINT_PAGES)),
  /** SQLite's own wait, one connection for the process behind a lock. */
  RAW_LOCKED("raw, one connection, checkpoints at 4000", LockedWriter::waiting),
  /** One connection, and short parks of random length between tries. */
  RAW_PARKS("raw, jittered parks, checkpoints at 4000", LockedWriter::parking);

  private interface Opening {
    Writer open(Values settings) throws Exception;
  }

  private final String peer;
  private final Opening opening;

  WriterKind(String peer, Opening opening) {
    this.peer = peer;
    this.opening = opening;
  }

  /** As the table names it. */
  String peer() {
    return peer;
  }

  Writer open(Values settings) throws Exception {
    return opening.open(settings);
  }

  static WriterKind of(String text) {
    return Arrays.stream(values())
        .filter(kind -> kind.name().equalsIgnoreCase(text) || kind.peer.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no peer '" + text + "', one of " + Arrays.toString(values())));
  }
}

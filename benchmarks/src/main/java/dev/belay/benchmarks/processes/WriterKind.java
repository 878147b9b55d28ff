package dev.belay.benchmarks.processes;

import java.util.Arrays;

/** The ways to write that are compared. Immutable. */
enum WriterKind {
  /** Belay, as a host uses it. */
  BELAY("belay", BelayWriter::new),
  /** SQLite's own wait, a connection for every caller. */
  STOCK("stock busy_timeout", StockWriter::new),
  /** SQLite's own wait, one connection for the process. */
  STOCK_LOCKED("stock, one connection", LockedWriter::stock),
  /** One connection, and short parks of random length between tries. */
  PARKS("raw, jittered parks", LockedWriter::parking);

  private interface Opening {
    Writer open(Settings settings) throws Exception;
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

  Writer open(Settings settings) throws Exception {
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

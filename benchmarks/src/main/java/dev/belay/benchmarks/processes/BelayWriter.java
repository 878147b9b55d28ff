package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.BelayOperations;
import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.benchmarks.peer.SessionFile;
import dev.belay.store.Durability;

/** Writes through Belay's public API, with its defaults. Safe for use by many threads. */
final class BelayWriter implements Writer {
  private final Belay belay;

  BelayWriter(Values settings) {
    boolean full = settings.text("synchronous").equals("FULL");
    belay =
        Belay.open(
            settings.file(),
            BelayOptions.defaults()
                .withDurability(full ? Durability.POWER_LOSS : Durability.PROCESS_CRASH)
                .withCommitGroupMax(settings.number("group")));
  }

  @Override
  public void write(int caller, OwnSession session) {
    belay.useWrite(
        tx -> {
          session.locked();
          BelayOperations.advanceAndAppend(tx, session, 0, SessionFile.PAYLOAD);
          session.written();
        });
    session.advanced(1);
  }

  @Override
  public void close() {
    belay.close();
  }
}

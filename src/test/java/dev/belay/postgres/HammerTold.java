package dev.belay.postgres;

import dev.belay.postgres.HammerAudit.Told;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the callers of one process were told. Safe for use by many threads. */
final class HammerTold {
  private final ConcurrentLinkedQueue<Told> all = new ConcurrentLinkedQueue<>();

  void add(String verb, String outcome, long work, long token, String text) {
    all.add(new Told(verb, outcome, work, token, text));
  }

  List<Told> all() {
    return new ArrayList<>(all);
  }

  /**
   * Calls. Returns what the call returned; null if it failed as calls do whose connection was
   * killed, which is recorded: {@code unknown}, or {@code refused} if nothing can have happened.
   */
  <T> @Nullable T of(String verb, long work, long token, Supplier<T> call) {
    try {
      return call.get();
    } catch (CommitUnknownException e) {
      add(verb, "unknown", work, token, "");
    } catch (StoreException e) {
      add(verb, "refused", work, token, String.valueOf(e.getMessage()));
    } catch (Throwable e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      add("unexpected", "told", work, token, verb + ": " + trace);
    }
    return null;
  }
}

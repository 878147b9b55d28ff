package dev.belay.replay;

import dev.belay.Belay;
import java.io.IOException;
import java.nio.file.Path;

/** The store of the job: a file, or a schema on a server. Belongs to the thread that made it. */
interface ReplayStore {
  /**
   * The store that {@code -Dbelay.store} names: {@code file}, the default, which {@code
   * -Dbelay.keep} keeps in another file, or {@code postgres}.
   */
  static ReplayStore chosen() throws IOException {
    String chosen = ReplayAgents.option("store").orElse("file");
    Path kept = ReplayAgents.option("keep").map(Path::of).orElse(null);
    if (kept != null && !chosen.equals("file")) {
      throw new TranscriptException("-Dbelay.keep is for a file, not for " + chosen, null);
    }
    return switch (chosen) {
      case "file" -> new FileStore(kept);
      case "postgres" -> new ServerStore();
      default ->
          throw new TranscriptException("-Dbelay.store must be file or postgres: " + chosen, null);
    };
  }

  /** Opens the store at that address, in this or another process. */
  static Belay open(String address) {
    return address.startsWith("jdbc:") ? Belay.openPostgres(address) : Belay.open(Path.of(address));
  }

  /** Where it is, for {@link #open}. */
  String address();

  /** Strikes what works for the agents, if there is such a thing and it is due. */
  void strike() throws IOException, InterruptedException;

  /** Whether it was struck often enough. */
  boolean isStruckEnough();

  /** What was struck, to be added to the verdict; empty if nothing can be. */
  String struck();

  /** Ends the store, and deletes it if {@code equal}: one with differences is looked into. */
  void end(boolean equal) throws IOException;
}

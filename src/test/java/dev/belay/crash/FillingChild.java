package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreFullException;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Fills its file system through a store, looks whether all is there, makes room and goes on. */
final class FillingChild {
  private static final int BALLAST_BYTES = 4 << 20;
  private static final String PAYLOAD = "x".repeat(50_000);

  private FillingChild() {}

  /** Argument: the file, alone in its file system. */
  public static void main(String[] args) throws IOException {
    Parent parent = new Parent();
    Path file = Path.of(args[0]);
    Path ballast = file.resolveSibling("ballast");
    Files.write(ballast, new byte[BALLAST_BYTES]);
    long acknowledged = 0;
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      try {
        while (true) {
          commit(belay, acknowledged);
          acknowledged++;
        }
      } catch (StoreFullException e) {
        parent.say("full");
      }
      parent.say(lost(belay, acknowledged));
      Files.delete(ballast);
      commit(belay, acknowledged);
      acknowledged++;
      parent.say("room again");
    }
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      parent.say(lost(belay, acknowledged));
    }
  }

  private static void commit(Belay belay, long revision) {
    SessionCommit commit = SessionCommit.to("run", revision);
    belay.sessions().commit(commit.append(NewEvent.of("tool", PAYLOAD))).orThrow();
  }

  private static String lost(Belay belay, long acknowledged) {
    int found = belay.sessions().history("run").size();
    return acknowledged > 0 && found == acknowledged
        ? "nothing lost"
        : acknowledged + " acknowledged, " + found + " found";
  }
}

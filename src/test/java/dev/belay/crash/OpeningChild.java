package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;

/**
 * Opens, looks into and closes each file it is told, and says {@code opening}, and then {@code
 * opened} or what went wrong.
 */
final class OpeningChild {
  private OpeningChild() {}

  /** Takes no arguments; each line from the parent is a file. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    // Loads the classes before the race, so that all children reach the file together.
    Belay.openInMemory(TestOptions.defaults()).close();
    parent.say("ready");
    while (true) {
      Path file = Path.of(parent.hear());
      parent.say("opening");
      try (Belay belay = Belay.open(file, Openers.OPTIONS)) {
        belay.sessions().find("nobody");
      } catch (RuntimeException e) {
        parent.say("failed: " + e);
        continue;
      }
      parent.say("opened");
    }
  }
}

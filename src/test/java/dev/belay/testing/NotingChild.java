package dev.belay.testing;

import dev.belay.Belay;
import java.nio.file.Path;

/**
 * A child that opens a file and sends the result. Then it adds each note that it receives and
 * answers {@code added}, until it receives {@code close} and answers {@code closed}.
 */
public final class NotingChild {
  private NotingChild() {}

  /** Runs the child; the argument is the file. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      create(belay);
      parent.say("opened");
      for (String note = parent.hear(); !note.equals("close"); note = parent.hear()) {
        String text = note;
        belay.useWrite(tx -> Notes.add(tx, text));
        parent.say("added");
      }
    } catch (RuntimeException e) {
      parent.say("failed: " + e);
      throw e;
    }
    parent.say("closed");
  }

  /** Creates the table of the notes if the file does not have it. */
  public static void create(Belay belay) {
    int tables =
        belay.read(
            tx ->
                tx.handle()
                    .createQuery("SELECT count(*) FROM sqlite_schema WHERE name = 'note'")
                    .mapTo(Integer.class)
                    .one());
    if (tables == 0) {
      SqliteNotes.create(belay);
    }
  }
}

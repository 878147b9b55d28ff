package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of the README, as a newcomer would run it. */
class QuickStartTest {
  @TempDir Path folder;

  // snippet: dao
  public interface NoteDao {
    @SqlUpdate("CREATE TABLE IF NOT EXISTS note (session TEXT NOT NULL, text TEXT NOT NULL)")
    void create();

    @SqlUpdate("INSERT INTO note (session, text) VALUES (:session, :text)")
    int add(@Bind("session") String session, @Bind("text") String text);
  }

  // end: dao

  @Test
  void the_first_example_runs() {
    Path file = folder.resolve("agents.db");
    List<String> said = new ArrayList<>();

    // snippet: sessions
    try (Belay belay = Belay.open(file)) {
      Sessions sessions = belay.sessions();

      SessionCommit turn =
          SessionCommit.to("chat-17", 0) // 0: the session must not exist yet
              .operation("turn-1") // sent twice, happens once
              .append(NewEvent.of("user", "{\"text\":\"hi\"}"))
              .append(NewEvent.of("assistant", "{\"text\":\"hello\"}"))
              .state("idle");
      CommitOutcome outcome = sessions.commit(turn);

      if (outcome instanceof Committed done) {
        said.add("now at revision " + done.revision());
      } else if (outcome instanceof RevisionConflict lost) {
        said.add("someone was faster: " + lost.actual());
      }
      sessions.history("chat-17").forEach(event -> said.add(event.type()));
    }
    // end: sessions

    assertThat(said).containsExactly("now at revision 1", "user", "assistant");
  }

  @Test
  void the_second_example_runs() {
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      // snippet: tx
      belay.useWrite(
          tx -> {
            tx.attach(NoteDao.class).create();
            tx.attach(NoteDao.class).add("chat-17", "likes tea");
            belay
                .sessions()
                .commit(tx, SessionCommit.to("chat-17", 0).append(NewEvent.of("note", "{}")))
                .orThrow(); // refused: the note goes too
          });
      // end: tx

      assertThat(belay.sessions().find("chat-17")).isPresent();
    }
  }

  @Test
  void the_backup_is_a_store_like_any_other() {
    Path copy = folder.resolve("copy.db");
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      belay.sessions().commit(SessionCommit.to("chat-17", 0).append(NewEvent.of("note", "{}")));
      // snippet: backup
      belay.backup(copy); // a file that does not exist yet; afterwards a store like any other
      // end: backup
    }
    try (Belay belay = Belay.open(copy)) {
      assertThat(belay.sessions().find("chat-17")).isPresent();
    }
  }
}

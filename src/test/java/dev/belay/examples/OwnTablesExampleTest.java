package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.TxOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application's own tables in one transaction with Belay's. */
class OwnTablesExampleTest {
  @TempDir Path folder;

  private final List<String> sent = new ArrayList<>();
  private Belay belay;

  @BeforeEach
  void open() {
    belay =
        Belay.open(
            folder.resolve("agents.db"),
            BelayOptions.defaults().withAppMigrations("classpath:db/belay"));
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Test
  void a_note_and_an_event_are_one_transaction() {
    // snippet: write
    belay.useWrite(
        tx -> {
          tx.attach(NoteDao.class).add("chat-17", "likes tea");
          belay
              .sessions()
              .commit(tx, SessionCommit.to("chat-17").append(NewEvent.of("note", "{}")))
              .orThrow(); // if this is refused, the note is not kept either
        });
    // end: write

    // snippet: read
    List<String> notes = belay.read(tx -> tx.attach(NoteDao.class).of("chat-17"));
    // end: read

    assertThat(notes).containsExactly("likes tea");
    assertThat(belay.sessions().find("chat-17")).isPresent();
  }

  @Test
  void an_effect_comes_after_the_commit() {
    // snippet: after-commit
    belay.useWrite(
        tx -> {
          tx.attach(NoteDao.class).add("chat-17", "likes tea");
          tx.afterCommit(() -> send("chat-17 has a new note")); // once, only if it was committed
        });
    // end: after-commit

    belay.close(); // waits for hooks
    assertThat(sent).containsExactly("chat-17 has a new note");
  }

  @Test
  void a_body_may_undo_itself_and_return_a_value() {
    // snippet: flow
    int notes =
        belay
            .tx()
            .writeFlow(
                tx -> {
                  NoteDao dao = tx.attach(NoteDao.class);
                  dao.add("chat-17", "likes tea");
                  int count = dao.of("chat-17").size();
                  return count > 100 ? TxOutcome.rollback(count) : TxOutcome.commit(count);
                });
    // end: flow

    assertThat(notes).isEqualTo(1);
  }

  private void send(String message) {
    sent.add(message);
  }
}

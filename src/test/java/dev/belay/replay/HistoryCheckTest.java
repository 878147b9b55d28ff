package dev.belay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job is only worth its checks: each kind of difference must be seen. */
class HistoryCheckTest {
  private static final String FIRST = "{\"role\":\"user\",\"content\":\"ä 😀\"}";
  private static final String ANSWER = "{\"role\":\"assistant\"}";
  private static final String SECOND = "{\"role\":\"tool\"}\r";

  @TempDir private Path folder;
  @AutoClose private final Belay belay = Belay.openInMemory();

  @Test
  void equal_histories_have_no_difference() throws IOException {
    commitTurn(NewEvent.of("user", FIRST), NewEvent.of("tool", SECOND));

    assertThat(differences(FIRST + "\n" + SECOND + "\n")).isEmpty();
    assertThat(differences(FIRST + "\n" + SECOND)).isEmpty();
  }

  @Test
  void a_run_in_which_nothing_happened_has_no_session() throws IOException {
    assertThat(differences("")).isEmpty();
  }

  @Test
  void a_line_that_is_missing_is_seen() throws IOException {
    commitTurn(NewEvent.of("user", FIRST));

    assertThat(differences(FIRST + "\n" + SECOND + "\n")).hasSize(1);
  }

  @Test
  void a_turn_that_is_missing_is_seen() throws IOException {
    commitTurn(NewEvent.of("assistant", ANSWER));

    assertThat(differences(ANSWER + "\n" + SECOND + "\n"))
        .contains("run has revision 1, its file 2 turns");
  }

  @Test
  void a_turn_that_was_committed_twice_is_seen() throws IOException {
    commitTurn(NewEvent.of("user", FIRST));
    commitTurn(NewEvent.of("user", FIRST));

    assertThat(differences(FIRST + "\n")).contains("run has revision 2, its file 1 turns");
  }

  @Test
  void another_byte_is_seen() throws IOException {
    commitTurn(NewEvent.of("user", FIRST), NewEvent.of("tool", "{\"role\":\"tool\"}"));

    assertThat(differences(FIRST + "\n" + SECOND + "\n")).hasSize(1);
  }

  @Test
  void another_type_is_seen() throws IOException {
    commitTurn(NewEvent.of("assistant", FIRST));

    assertThat(differences(FIRST + "\n")).containsExactly("run has type assistant in event 1");
  }

  @Test
  void an_event_beside_the_history_is_seen() throws IOException {
    commitTurn(NewEvent.of("user", FIRST));
    SessionCommit branch = SessionCommit.to("run", 1).parent(0);
    belay.sessions().commit(branch.append(NewEvent.of("user", FIRST))).orThrow();

    assertThat(differences(FIRST + "\n")).contains("run has events beside its history");
  }

  private void commitTurn(NewEvent... events) {
    long revision = belay.sessions().find("run").map(session -> session.revision()).orElse(0L);
    SessionCommit commit = SessionCommit.to("run", revision);
    belay.sessions().commit(commit.append(events)).orThrow();
  }

  private List<String> differences(String file) throws IOException {
    Path path = Files.writeString(folder.resolve("run.jsonl"), file);
    HistoryCheck check = new HistoryCheck(belay);
    check.compare(Transcript.read(path), 1);
    return check.differences();
  }
}

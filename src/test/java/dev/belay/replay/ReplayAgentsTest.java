package dev.belay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How the main job ends when it cannot begin. The job itself runs beside the tests: it takes long.
 */
class ReplayAgentsTest {
  @TempDir private Path folder;

  @Test
  void a_folder_without_transcripts_ends_the_job_with_an_error_that_names_it() {
    assertEndsWithError("no *.jsonl in the folder " + folder);
  }

  @Test
  void transcripts_without_messages_end_the_job_with_an_error_that_names_the_folder()
      throws IOException {
    Files.writeString(folder.resolve("empty.jsonl"), "");

    assertEndsWithError("no message in the folder " + folder);
  }

  @Test
  void a_line_that_is_no_message_ends_the_job_with_an_error_that_names_it() throws IOException {
    Path file = Files.writeString(folder.resolve("run.jsonl"), "{\"role\":\"user\"}\nno message\n");

    assertEndsWithError(file + ", line 2: ");
  }

  @Test
  void a_file_that_exists_keeps_no_store_and_is_left_as_it_was() throws IOException {
    Path taken = Files.writeString(folder.resolve("taken.db"), "theirs");
    Files.writeString(folder.resolve("run.jsonl"), "{\"role\":\"user\"}\n");

    Path left = Files.writeString(folder.resolve("kept.db-wal"), "of another");

    assertEndsWithError("-Dbelay.keep: " + taken + ": ", "-Dbelay.keep=" + taken);
    assertThat(taken).hasContent("theirs");
    Path kept = folder.resolve("kept.db");
    assertEndsWithError("-Dbelay.keep: " + kept + ": kept.db-wal exists", "-Dbelay.keep=" + kept);
    assertThat(left).hasContent("of another");
  }

  @Test
  void a_server_keeps_no_file() throws IOException {
    Files.writeString(folder.resolve("run.jsonl"), "{\"role\":\"user\"}\n");

    assertEndsWithError(
        "-Dbelay.keep is for a file, not for postgres",
        "-Dbelay.keep=" + folder.resolve("kept.db"),
        "-Dbelay.store=postgres");
  }

  @Test
  void the_store_of_a_job_that_ended_well_is_kept_if_that_was_asked_for() throws IOException {
    Path kept = folder.resolve("kept.db");

    Path own = endedWell(new FileStore(kept));
    Path forgotten = endedWell(new FileStore(null));

    try (Belay belay = Belay.openReadOnly(kept)) {
      assertThat(belay.sessions().history("run")).hasSize(1);
    }
    assertThat(own).doesNotExist();
    assertThat(forgotten).doesNotExist();
  }

  private static Path endedWell(FileStore store) throws IOException {
    try (Belay belay = ReplayStore.open(store.address())) {
      belay.sessions().commit(SessionCommit.to("run").append(NewEvent.of("user", "{}"))).orThrow();
    }
    store.end(true);
    return Path.of(store.address());
  }

  private void assertEndsWithError(String complaint, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("-Dbelay.transcripts=" + folder);
    ChildCommand command =
        ChildCommand.of(ReplayAgents.class).withJvmOptions(all.toArray(String[]::new));
    try (ChildJvm job = command.start()) {
      assertThat(job.readLine()).startsWith("error: " + complaint);
      assertThat(job.awaitExit()).isEqualTo(2);
    }
  }
}

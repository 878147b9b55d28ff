package dev.belay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private void assertEndsWithError(String complaint) {
    ChildCommand command =
        ChildCommand.of(ReplayAgents.class).withJvmOptions("-Dbelay.transcripts=" + folder);
    try (ChildJvm job = command.start()) {
      assertThat(job.readLine()).startsWith("error: " + complaint);
      assertThat(job.awaitExit()).isEqualTo(2);
    }
  }
}

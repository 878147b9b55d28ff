package dev.belay.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.replay.Transcript.Line;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranscriptTest {
  @TempDir private Path folder;

  @Test
  void each_line_is_a_message_with_its_role() throws IOException {
    Transcript transcript =
        read("{\"role\":\"user\",\"content\":\"hi\"}\n{ \"role\" : \"tool\" }\n");

    assertThat(transcript.name()).isEqualTo("run");
    assertThat(transcript.lines())
        .containsExactly(
            new Line("user", "{\"role\":\"user\",\"content\":\"hi\"}"),
            new Line("tool", "{ \"role\" : \"tool\" }"));
  }

  @Test
  void a_turn_ends_with_a_message_of_the_assistant_and_the_last_one_with_the_file()
      throws IOException {
    Line user = new Line("user", "{\"role\":\"user\"}");
    Line answer = new Line("assistant", "{\"role\":\"assistant\"}");
    String turn = user.text() + "\n" + answer.text() + "\n";

    assertThat(read(turn + turn).turns())
        .containsExactly(List.of(user, answer), List.of(user, answer));
    assertThat(read(answer.text() + "\n" + turn + user.text() + "\n" + user.text()).turns())
        .containsExactly(List.of(answer), List.of(user, answer), List.of(user, user));
  }

  @Test
  void a_last_line_needs_no_line_feed() throws IOException {
    assertThat(read("{\"role\":\"a\"}\n{\"role\":\"b\"}").lines())
        .containsExactly(new Line("a", "{\"role\":\"a\"}"), new Line("b", "{\"role\":\"b\"}"));
  }

  @Test
  void a_carriage_return_belongs_to_its_line() throws IOException {
    assertThat(read("{\"role\":\"a\"}\r\n").lines())
        .containsExactly(new Line("a", "{\"role\":\"a\"}\r"));
  }

  @Test
  void only_the_role_of_the_message_itself_counts() throws IOException {
    String line = "{\"meta\":{\"role\":\"x\"},\"list\":[{\"role\":\"y\"}],\"role\":\"\\u0061\"}";
    assertThat(read(line).lines()).containsExactly(new Line("a", line));
  }

  @Test
  void a_file_without_lines_is_a_run_in_which_nothing_happened() throws IOException {
    assertThat(read("").turns()).isEmpty();
    assertThat(read("").lines()).isEmpty();
  }

  @Test
  void what_is_no_message_is_refused_with_file_and_line() throws IOException {
    String message = "{\"role\":\"user\"}\n";
    assertRefused(message + "\n" + message, "line 2: is no JSON object");
    assertRefused(message + "[]\n", "line 2: is no JSON object");
    assertRefused(message + "\"role\"", "line 2: is no JSON object");
    assertRefused(message + "{\"content\":\"\"}\n", "line 2: has no role");
    assertRefused(message + "{\"role\":7}\n", "line 2: has no role");
    assertRefused(message + "{\"role\":\"\"}\n", "line 2: ");
    assertRefused(message + "{\"role\":\"a\",\"role\":\"b\"}\n", "line 2: is not JSON: ");
    assertRefused(message + "{\"role\":\"a\"} {}\n", "line 2: goes on after its JSON object");
    assertRefused(message + "{\"role\":\"a\"", "line 2: is not JSON: ");
  }

  @Test
  void bytes_that_are_not_utf_8_are_refused_with_file_and_line() throws IOException {
    byte[] latin1 = "{\"role\":\"a\"}\n{\"role\":\"ü\"}\n".getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(folder.resolve("run.jsonl"), latin1);

    assertThatExceptionOfType(TranscriptException.class)
        .isThrownBy(() -> Transcript.read(file))
        .withMessage(file + ", line 2: is not UTF-8");
  }

  @Test
  void a_folder_that_cannot_be_read_or_holds_no_transcript_is_refused() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "no transcript");
    for (Path bad : new Path[] {folder, folder.resolve("missing"), folder.resolve("notes.txt")}) {
      assertThatExceptionOfType(TranscriptException.class)
          .isThrownBy(() -> Transcript.readFolder(bad))
          .withMessageContaining(bad.toString());
    }
  }

  @Test
  void every_round_has_a_session_of_its_own() throws IOException {
    Transcript transcript = read("{\"role\":\"a\"}");

    assertThat(transcript.sessionId(1)).isEqualTo("run");
    assertThat(transcript.sessionId(2)).isEqualTo("run/2");
  }

  private Transcript read(String content) throws IOException {
    return Transcript.read(Files.writeString(folder.resolve("run.jsonl"), content));
  }

  private void assertRefused(String content, String complaint) throws IOException {
    Path file = Files.writeString(folder.resolve("run.jsonl"), content);
    assertThatExceptionOfType(TranscriptException.class)
        .isThrownBy(() -> Transcript.read(file))
        .withMessageStartingWith(file + ", " + complaint);
  }
}

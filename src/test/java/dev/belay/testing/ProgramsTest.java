package dev.belay.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** Goal: a test without its program is skipped, and fails in CI. */
class ProgramsTest {
  private static final String PROGRAM = "belay-test-program";

  @TempDir Path folder;

  @Test
  void a_test_whose_program_is_missing_is_skipped_with_a_reason() {
    assertThatThrownBy(() -> Programs.require(PROGRAM, Map.of("PATH", folder.toString())))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining(PROGRAM);
    assertThatThrownBy(() -> Programs.require(PROGRAM, Map.of("CI", "false")))
        .isInstanceOf(TestAbortedException.class);
  }

  @Test
  void a_test_whose_program_is_missing_fails_where_it_decides_about_a_change() {
    assertThatThrownBy(
            () -> Programs.require(PROGRAM, Map.of("PATH", folder.toString(), "CI", "true")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(PROGRAM)
        .hasMessageContaining(".ci/run");
  }

  @Test
  void a_test_whose_program_is_on_the_path_runs() throws IOException {
    Path program = Files.createFile(folder.resolve(PROGRAM));
    Map<String, String> environment = Map.of("PATH", "/nowhere:" + folder, "CI", "true");
    assertThat(catchThrowable(() -> Programs.require(PROGRAM, environment))).isNotNull();

    assertThat(program.toFile().setExecutable(true)).isTrue();

    Programs.require(PROGRAM, environment);
  }
}

package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The room for a change is found from the folders and the package maps.
 *
 * <p>Goal: the list that readers were asked to find stays true. Method: each file that it names is
 * there. Whether the maps lead to it is for readers to say.
 */
class HouseTest {
  @Test
  void each_file_that_a_reader_is_to_find_is_there() throws IOException {
    Path list = SourceFile.ROOT.resolve("src/test/resources/house/ten-changes.txt");
    List<String> files =
        Files.readAllLines(list).stream()
            .filter(line -> line.contains(" = "))
            .map(line -> line.substring(line.indexOf(" = ") + 3))
            .toList();

    assertThat(files).hasSize(10);
    assertThat(files)
        .allSatisfy(file -> assertThat(SourceFile.ROOT.resolve("src/main").resolve(file)).exists());
  }
}

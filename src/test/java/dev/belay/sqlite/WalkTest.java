package dev.belay.sqlite;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.line.FaultPoints;
import dev.belay.testing.ManualClock;
import dev.belay.testing.TestSettings;
import java.io.IOException;
import java.lang.StackWalker.StackFrame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way of a body through the engine and back.
 *
 * <p>Goal: a reader who follows a {@code write} goes forwards: it enters no class more than twice.
 * Method: at each point that a request passes, and in the body, the classes of the engine that are
 * on the stack, from the verb inwards. The walk is printed into {@code target/walk.txt}.
 */
class WalkTest {
  private static final int ENTRIES_MAX = 2;

  @TempDir Path dir;
  private final Map<String, List<String>> walks = new LinkedHashMap<>();
  private boolean tracing;

  @Test
  void a_write_enters_no_class_more_than_twice() throws IOException {
    try (SqliteStore store =
        Sqlite.open(
            dir.resolve("belay.db"), TestSettings.of(10_000, new ManualClock()), this::met)) {
      store.useWrite(tx -> tx.handle().execute("CREATE TABLE t (a INTEGER)"));
      tracing = true;
      store.useWrite(
          tx -> {
            walks.put("the body", stack());
            tx.handle().execute("INSERT INTO t VALUES (1)");
          });
      tracing = false;
    }

    assertThat(walks).containsKeys("the body", "BEGINS", "COMMITS", "TELLS", "DISOWNS");
    Files.write(
        Path.of("target/walk.txt"),
        walks.entrySet().stream()
            .map(point -> point.getKey() + ": " + String.join(" → ", point.getValue()))
            .toList());
    walks.forEach(
        (point, walk) ->
            assertThat(walk.stream().collect(groupingBy(identity(), counting())))
                .as("entries of each class on the way to %s: %s", point, walk)
                .allSatisfy(
                    (type, entries) -> assertThat(entries).isLessThanOrEqualTo(ENTRIES_MAX)));
  }

  private void met(FaultPoints.Point point) {
    if (tracing) {
      walks.putIfAbsent(point.name(), stack());
    }
  }

  /** The engine's classes on the stack, the outermost first; calls within one class count once. */
  private static List<String> stack() {
    List<String> classes = new ArrayList<>();
    StackWalker.getInstance().walk(frames -> frames.map(StackFrame::getClassName).toList()).stream()
        .filter(name -> name.matches("dev\\.belay\\.(engine|sqlite)\\..*"))
        .map(name -> name.replaceAll(".*\\.(\\w+).*", "$1"))
        .filter(name -> !name.equals("WalkTest") && !name.equals("FaultPoints"))
        .forEach(
            name -> {
              if (classes.isEmpty() || !classes.get(0).equals(name)) {
                classes.add(0, name);
              }
            });
    return classes;
  }
}

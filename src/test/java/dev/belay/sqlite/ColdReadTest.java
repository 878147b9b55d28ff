package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cold process that reads one session of an up-to-date file loads nothing that it can spare. */
class ColdReadTest {
  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void create() {
    file = dir.resolve("belay.db");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      belay
          .sessions()
          .commit(SessionCommit.to("s", 0).append(NewEvent.of("t", "p")).state("x"))
          .orThrow();
    }
  }

  @Test
  void it_loads_no_flyway_and_starts_no_thread() {
    List<String> lines;
    try (ChildJvm child =
        ChildCommand.of(ColdReadTest.class, file)
            .withJvmOptions("-Xlog:class+load:stdout", "-XX:TieredStopAtLevel=1")
            .start()) {
      lines = child.remainingLines();
      assertThat(child.awaitExit()).isZero();
    }

    assertThat(lines).anyMatch(line -> line.contains("read: p"));
    assertThat(lines).anyMatch(line -> line.contains(" dev.belay.sqlite.SqliteStore "));
    for (String spared :
        List.of(
            "flywaydb",
            "dev.belay.sqlite.FlywayRun",
            "dev.belay.sqlite.MigrationConnection",
            "picocli",
            "jackson")) {
      assertThat(lines).as(spared).noneMatch(line -> line.contains(spared));
    }
    assertThat(lines).contains("threads: []");
  }

  /** The child: reads the session of the file {@code args[0]}. */
  public static void main(String[] args) {
    try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
      System.out.println("read: " + belay.sessions().history("s").get(0).payload());
      StringBuilder mine = new StringBuilder();
      Thread[] threads = new Thread[64];
      int count = Thread.enumerate(threads);
      for (int i = 0; i < count; i++) {
        if (threads[i].getName().startsWith("belay-")) {
          mine.append(threads[i].getName());
        }
      }
      System.out.println("threads: [" + mine + "]");
    }
  }
}

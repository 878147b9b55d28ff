package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.child.JavaCommand;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.peer.SessionFile;
import dev.belay.benchmarks.report.Samples;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What does the first use of an up-to-date file cost in a fresh JVM, beside the least that any use
 * of it costs: loading the driver, connecting, Belay's pragmas and one query? Belongs to one
 * thread.
 *
 * <p>Every figure is the median of some JVMs that do it once each, one peer's after the other's.
 * The time is taken inside the JVM, from just before the first mention of the library: what the JVM
 * itself needs to start is not part of it. Once as the JVM comes, with the JDK's own archive of
 * classes, and once with an archive that has the application's classes too, which is a choice of
 * the host (AppCDS).
 */
public final class ColdStart implements Question {
  private static final String NAME = "cold";
  private static final String BELAY = "belay";
  private static final String DRIVER = "driver: load, connect, pragmas, a query";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String base() {
    return DRIVER;
  }

  @Override
  public int rounds(Effort effort) {
    return effort == Effort.FULL ? 2 : 1;
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    int jvms =
        switch (effort) {
          case SMOKE -> 1;
          case QUICK -> 3;
          case FULL -> 5;
        };
    try (Scratch scratch = new Scratch()) {
      Path file = scratch.file("store.db");
      SessionFile.create(file, 1);
      JavaCommand java = JavaCommand.small(scratch).withClassPath(JarredClassPath.in(scratch));
      ask(new ColdJvms(java, java, file), jvms, round, "fresh JVM", samples);
      if (effort == Effort.SMOKE) {
        return;
      }
      JavaCommand belay = archived(java, ColdBelay.class, file);
      JavaCommand driver = archived(java, ColdDriver.class, file);
      ask(new ColdJvms(belay, driver, file), jvms, round, "fresh JVM, AppCDS", samples);
      Figures figures = new Figures(samples, NAME, "warm JVM", BELAY, round);
      Values warm = ColdJvms.run(java, WarmOpens.class, file);
      figures.add("warm open", "ms", warm.count("warm") / ColdJvms.NANOS_PER_MS);
    }
  }

  private static void ask(ColdJvms jvms, int count, int round, String setting, Samples samples)
      throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      jvms.runBoth((i + round) % 2 == 0);
    }
    Figures belay = new Figures(samples, NAME, setting, BELAY, round);
    belay.add("first open", "ms", jvms.belayMs("open"));
    belay.add("first read", "ms", jvms.belayMs("read"));
    belay.add("first write", "ms", jvms.belayMs("write"));
    belay.add("first write holds lock", "ms", jvms.belayMs("held"));
    Figures driver = new Figures(samples, NAME, setting, DRIVER, round);
    driver.add("first open", "ms", jvms.driverMs());
  }

  /**
   * Runs {@code task} once so that the JVM writes its archive, and returns how to start with it.
   */
  private static JavaCommand archived(JavaCommand java, Class<? extends Task> task, Path file)
      throws IOException, InterruptedException {
    Path archive = file.resolveSibling(task.getSimpleName() + ".jsa");
    ColdJvms.run(java.with("-XX:ArchiveClassesAtExit=" + archive), task, file);
    return java.with("-XX:SharedArchiveFile=" + archive);
  }
}

package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.child.JavaCommand;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.peer.SessionFile;
import dev.belay.benchmarks.report.Figures;
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
public final class ColdStart extends NamedQuestion {
  private static final String NAME = "cold";
  private static final String BELAY = "belay";
  private static final String DRIVER = "driver: load, connect, pragmas, a query";

  /** For the list of questions. */
  public ColdStart() {
    super(NAME, DRIVER, 2);
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
      figures.addNanos("warm open", warm.count("warm"));
    }
  }

  private static void ask(ColdJvms jvms, int count, int round, String setting, Samples samples)
      throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      jvms.runBoth((i + round) % 2 == 0);
    }
    Figures belay = new Figures(samples, NAME, setting, BELAY, round);
    belay.addNanos("first open", jvms.belayNanos("open"));
    belay.addNanos("first read", jvms.belayNanos("read"));
    belay.addNanos("first write", jvms.belayNanos("write"));
    belay.addNanos("first write holds lock", jvms.belayNanos("held"));
    Figures driver = new Figures(samples, NAME, setting, DRIVER, round);
    driver.addNanos("first open", jvms.driverNanos());
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

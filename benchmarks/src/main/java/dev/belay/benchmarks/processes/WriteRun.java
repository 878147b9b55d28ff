package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.child.Children;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.peer.SessionFile;
import java.time.Duration;
import java.util.List;

/**
 * One run of processes that all write one new file, each caller a session of its own. Immutable.
 *
 * @param processes how many, all alike
 * @param callers of each process
 * @param synchronous as SQLite names it
 */
record WriteRun(int processes, int callers, String synchronous, int warmUpMs, int measureMs) {
  /** The largest commit group of Belay; its default. */
  static final int GROUP_MAX = 64;

  private static final int WARM_UP_WRITES = 2_000;
  private static final int WARM_UP_FULL_MS = 10_000;

  /**
   * The compilers of all processes share the cores. Measured after a second, eight JVMs on two
   * cores show their compilers and little else; what is published is measured after ten at least,
   * when the hot methods are through the second compiler.
   */
  static WriteRun warmedUp(
      Effort effort, int processes, int callers, String synchronous, int measureMs) {
    int leastMs = effort == Effort.FULL ? WARM_UP_FULL_MS : 0;
    int warmUpMs = Math.max(leastMs, 1_000 * (2 + processes));
    return new WriteRun(processes, callers, synchronous, warmUpMs, measureMs);
  }

  String setting() {
    String processesText = processes == 1 ? "1 process" : processes + " processes";
    String callersText = callers == 1 ? "1 caller" : callers + " callers";
    return processesText + " × " + callersText + ", " + sameForAll();
  }

  /** The setting where the number of processes is what is asked about. */
  String each() {
    return "belay, " + callers + " callers each, " + sameForAll();
  }

  private String sameForAll() {
    return synchronous + ", 200 B, group " + GROUP_MAX;
  }

  /** Runs {@code kind} and returns what came of it. */
  WriteResult run(WriterKind kind) throws Exception {
    try (Scratch scratch = new Scratch();
        Children children = new Children(scratch)) {
      Values settings = settings(kind, scratch);
      SessionFile.create(settings.file(), processes * callers);
      for (int process = 0; process < processes; process++) {
        children.start(WriteTask.class, settings.with("firstSession", 1 + process * callers));
      }
      children.go();
      return new WriteResult(children.reports(duration()), measureMs);
    }
  }

  /**
   * The same without a JVM of its own, for whoever wants to know whether {@code kind} works and not
   * how well. Of one process only.
   */
  WriteResult runHere(WriterKind kind) throws Exception {
    try (Scratch scratch = new Scratch()) {
      Values settings = settings(kind, scratch).with("firstSession", 1);
      SessionFile.create(settings.file(), callers);
      Task task = new WriteTask();
      task.prepare(settings);
      try (task) {
        return new WriteResult(List.of(task.run(settings, System.nanoTime())), measureMs);
      }
    }
  }

  /** What every writing process is told but for its sessions. */
  Values settings(WriterKind kind, Scratch scratch) {
    return Values.of(scratch.file("store.db"))
        .with("peer", kind.peer())
        .with("callers", callers)
        .with("synchronous", synchronous)
        .with("group", GROUP_MAX)
        .with("pauseMs", 0)
        .with("warmUpWrites", warmUpMs == 0 ? 1 : WARM_UP_WRITES)
        .with(LogLimit.SETTING, 0)
        .with("warmUpMs", warmUpMs)
        .with("measureMs", measureMs);
  }

  Window window(long startNanos) {
    return new Window(startNanos, warmUpMs, measureMs);
  }

  Duration duration() {
    return Duration.ofMillis((long) warmUpMs + measureMs);
  }
}

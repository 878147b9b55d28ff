package dev.belay.benchmarks.processes;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes of one measurement. Belongs to one thread.
 *
 * <p>All of them start at one instant, and none ends before the last has made its report: the end
 * of a process closes its store, which is work that would disturb the others.
 */
final class Children implements AutoCloseable {
  /** Long enough for the word to reach every child before the instant that it names. */
  private static final Duration NOTICE = Duration.ofMillis(20);

  private final JavaCommand java;
  private final List<Child> children = new ArrayList<>();

  Children(JavaCommand java) {
    this.java = java;
  }

  Children() {
    this(JavaCommand.ofThisJvm());
  }

  void start(Class<? extends Task> task, Settings settings) throws IOException {
    String name = task.getSimpleName() + " " + children.size();
    children.add(new Child(name, java.start(task, settings)));
  }

  /** Waits until all are ready and lets them start; returns when that is, by nanoTime. */
  long go() throws InterruptedException {
    for (Child child : children) {
      child.hear("ready", Duration.ZERO);
    }
    for (Child child : children) {
      child.requireSameClock();
    }
    long startNanos = System.nanoTime() + NOTICE.toNanos();
    children.forEach(child -> child.say("go " + startNanos));
    return startNanos;
  }

  /** Waits for the reports, in the order in which the children were started, and ends them. */
  List<Report> reports(Duration expected) throws InterruptedException {
    List<Report> reports = new ArrayList<>();
    for (Child child : children) {
      reports.add(Report.parse(child.hear("report", expected)));
    }
    for (Child child : children) {
      child.end();
    }
    return reports;
  }

  /** Kills what still runs. */
  @Override
  public void close() {
    children.forEach(Child::close);
  }
}

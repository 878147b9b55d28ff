package dev.belay.benchmarks.child;

import dev.belay.benchmarks.peer.Scratch;
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
public final class Children implements AutoCloseable {
  /** Long enough for the word to reach every child before the instant that it names. */
  private static final Duration NOTICE = Duration.ofMillis(20);

  private final JavaCommand java;
  private final List<Child> children = new ArrayList<>();

  /** All started like this. */
  public Children(JavaCommand java) {
    this.java = java;
  }

  /** All {@linkplain JavaCommand#small small}. */
  public Children(Scratch scratch) {
    this(JavaCommand.small(scratch));
  }

  /** Runs one task alone, and returns its report. */
  public static Values alone(
      JavaCommand java, Class<? extends Task> task, Values settings, Duration expected)
      throws IOException, InterruptedException {
    try (Children children = new Children(java)) {
      children.start(task, settings);
      children.go();
      return children.reports(expected).get(0);
    }
  }

  /** Starts one more, which begins its task when all are told to {@linkplain #go go}. */
  public void start(Class<? extends Task> task, Values settings) throws IOException {
    String name = task.getSimpleName() + " " + children.size();
    children.add(new Child(name, TaskMain.in(java, task, settings)));
  }

  /** Waits until all are ready and lets them start; returns when that is, by nanoTime. */
  public long go() throws InterruptedException {
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
  public List<Values> reports(Duration expected) throws InterruptedException {
    List<Values> reports = new ArrayList<>();
    for (Child child : children) {
      reports.add(Values.parse(child.hear("report", expected)));
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

package dev.belay.testing;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * A guard that prints all threads and ends the JVM if no test begins or ends for too long. JUnit's
 * own time limit is shorter: it interrupts the test and names it. This guard ends tests that ignore
 * the interrupt, and those of test engines that have no limit. Surefire then names the test.
 *
 * <p>JUnit finds it through {@code META-INF/services}. Safe for use by many threads.
 */
public final class HangGuard implements TestExecutionListener {
  /** The exit status of a JVM that the guard has ended. */
  static final int HUNG = 70;

  private static final Duration LIMIT = Duration.ofMinutes(Effort.of(10, 60));

  private final Duration limit;
  private final PrintStream out;
  private volatile String present = "no test yet";
  private volatile long sinceNanoTime = System.nanoTime();
  private volatile boolean over;

  /** Creates a guard with the limit for this run's effort. */
  public HangGuard() {
    this(LIMIT, System.err);
  }

  HangGuard(Duration limit, PrintStream out) {
    this.limit = limit;
    this.out = out;
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    note("the start of the run");
    Thread watch = new Thread(this::watch, "hang-guard");
    watch.setDaemon(true);
    watch.start();
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    note("the start of " + test.getUniqueId());
  }

  @Override
  public void executionFinished(
      TestIdentifier test, org.junit.platform.engine.TestExecutionResult result) {
    note("the end of " + test.getUniqueId());
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    over = true;
  }

  private void note(String event) {
    present = event;
    sinceNanoTime = System.nanoTime();
  }

  private void watch() {
    long look = Math.min(limit.toNanos(), TimeUnit.SECONDS.toNanos(1));
    while (!over) {
      LockSupport.parkNanos(look);
      if (!over && System.nanoTime() - sinceNanoTime >= limit.toNanos()) {
        out.println("nothing has happened for " + limit + " after " + present);
        ThreadDump.print(out);
        Runtime.getRuntime().halt(HUNG);
      }
    }
  }
}

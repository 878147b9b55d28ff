package dev.belay.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.request;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Goal: a hanging test fails the build in bounded time, and its stack trace is printed.
 *
 * <p>Method: a child JVM runs a test that hangs and ignores interrupts, under a guard with a short
 * limit.
 */
class HangGuardTest {
  @Test
  void a_test_that_hangs_ends_its_jvm_and_every_thread_is_printed() {
    try (ChildJvm child = ChildCommand.of(HangGuardTest.class).start()) {
      List<String> lines = child.remainingLines();

      assertThat(child.awaitExit()).isEqualTo(HangGuard.HUNG);
      assertThat(lines).anyMatch(line -> line.startsWith("nothing has happened for PT0.5S"));
      assertThat(lines).anyMatch(line -> line.contains("HangingCase") && line.contains("hangs"));
      assertThat(lines).anyMatch(line -> line.contains("hang-guard"));
    }
  }

  /** The child: runs a test that hangs. */
  public static void main(String[] args) {
    new Parent().follow();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    HangGuard guard = new HangGuard(Duration.ofMillis(500), out);
    LauncherConfig alone =
        LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .addTestExecutionListeners(new TestExecutionListener[] {guard})
            .build();
    LauncherFactory.create(alone)
        .execute(request().selectors(selectClass(HangingCase.class)).build());
    out.println("the hanging test has ended");
  }

  /** The hanging test; Surefire does not take its name for that of a test. */
  static final class HangingCase {
    @Test
    void hangs() {
      while (true) {
        LockSupport.park();
      }
    }
  }
}

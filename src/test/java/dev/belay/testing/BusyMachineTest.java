package dev.belay.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.request;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Goal: no test result depends on how the machine schedules threads.
 *
 * <p>Method: every test about races, killed processes and waits runs beside a load of twice as many
 * threads as processors, {@code -Dbelay.busyRounds} times.
 */
@Tag("long")
class BusyMachineTest {
  private static final String RACES_AND_WAITS =
      ".*(StressTest|CrashTest|ProcessTest|WaitTest|WakingTest|WaitingTest|LineTest|InterruptTest"
          + "|DiskFullTest|GiveWayTest|CheckpointerTest|KeeperThreadTest|WorkerTest|WorkerStopTest)";

  @Test
  void tests_of_races_deaths_and_waits_pass_beside_twice_as_many_busy_threads_as_processors() {
    LauncherConfig config =
        LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
    LauncherDiscoveryRequest tests =
        request()
            .selectors(selectPackage("dev.belay"))
            .filters(includeClassNamePatterns(RACES_AND_WAITS))
            .build();
    try (Hog hog = Hog.ofTwiceTheProcessors()) {
      for (int round = 0; round < Integer.getInteger("belay.busyRounds", 1); round++) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create(config).execute(tests, listener);
        TestExecutionSummary summary = listener.getSummary();
        assertThat(summary.getFailures())
            .as("round %d", round)
            .extracting(failure -> failure.getTestIdentifier().getUniqueId(), failure -> failure)
            .isEmpty();
        assertThat(summary.getTestsSucceededCount()).isGreaterThan(50);
      }
      assertThat(hog.running()).isPositive();
    }
  }
}

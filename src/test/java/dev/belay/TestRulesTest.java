package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What the text of the tests may not say.
 *
 * <p>Goal: no verdict rests on how fast a machine is. Method: a wait that is bounded by a number of
 * its own is a guess about the machine; {@code dev.belay.testing.Patience} has the one bound.
 */
class TestRulesTest {
  private static final Pattern BOUND_OF_ITS_OWN =
      Pattern.compile(
          "@Timeout\\b|assertTimeout|Thread\\.sleep|TimeUnit\\.\\w+\\.sleep"
              + "|\\.(?:get|await|poll|tryAcquire|awaitTermination|waitFor|orTimeout)"
              + "\\(\\d+L?, *(?:TimeUnit\\.)?[A-Z]+\\)"
              + "|\\.join\\([\\d_]+L?\\)");

  private static final Pattern ASYNC = Pattern.compile("\\b(?:run|supply)Async\\(");

  @Test
  void no_test_bounds_a_wait_by_a_guess() {
    List<String> found = new ArrayList<>();
    for (SourceFile file : SourceFile.javaUnder("src/test/java")) {
      if (!file.fileName().equals("TestRulesTest.java")) {
        file.text()
            .lines()
            .filter(TestRulesTest::guesses)
            .forEach(line -> found.add(file.relative() + ": " + line.strip()));
      }
    }
    assertThat(found).as("say it with Patience").isEmpty();
  }

  /** On two processors, JDK 25 runs them one after another. */
  @Test
  void no_action_runs_in_the_common_pool() {
    List<String> found = new ArrayList<>();
    for (SourceFile file : SourceFile.javaUnder("src/test/java")) {
      if (!file.fileName().equals("TestRulesTest.java") && isInCommonPool(file.text())) {
        found.add(file.relative());
      }
    }
    assertThat(found).as("give it LaterThreads.EACH").isEmpty();
  }

  @Test
  void actions_in_the_common_pool_are_noticed() {
    assertThat(List.of("f = runAsync(() -> { a(b, c); });", "supplyAsync(\n  () -> f(1, 2))"))
        .allMatch(TestRulesTest::isInCommonPool);
    assertThat(List.of("runAsync(() -> a(b), threads)", "writeAsync(tx -> 1)"))
        .noneMatch(TestRulesTest::isInCommonPool);
  }

  /** Returns whether an action has no executor: no comma that is in no other parentheses. */
  private static boolean isInCommonPool(String text) {
    return ASYNC.matcher(text).results().anyMatch(call -> !hasComma(text, call.end()));
  }

  private static boolean hasComma(String text, int start) {
    int depth = 1;
    for (int i = start; i < text.length() && depth > 0; i++) {
      switch (text.charAt(i)) {
        case '(', '{' -> depth++;
        case ')', '}' -> depth--;
        case ',' -> {
          if (depth == 1) {
            return true;
          }
        }
        default -> {}
      }
    }
    return false;
  }

  @Test
  void guesses_are_noticed() {
    assertThat(
            List.of(
                "answer.get(30, TimeUnit.SECONDS)",
                "latch.await(5, SECONDS)",
                "thread.join(30_000);",
                "Thread.sleep(10);",
                "@Timeout(60)"))
        .allMatch(TestRulesTest::guesses);
    assertThat(List.of("Patience.get(answer)", "thread.join();", "list.get(30)"))
        .noneMatch(TestRulesTest::guesses);
  }

  private static boolean guesses(String line) {
    return BOUND_OF_ITS_OWN.matcher(line).find();
  }
}

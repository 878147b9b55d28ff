package dev.belay.engine.line;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.AttemptFailure;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import dev.belay.testing.LogProbe;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Goal: nobody who tells an observer has to fear what it throws, and by default failures are
 * logged. Method: every method of the interface, by reflection, on an observer that throws.
 */
class GuardedObserverTest {
  private static final BelayObserver DEFAULT = new BelayObserver() {};

  @Test
  void a_failed_attempt_is_a_warning_and_a_buried_one_an_error_each_with_its_stack_trace() {
    RuntimeException thrown = new RuntimeException("boom");
    try (LogProbe log = LogProbe.recording()) {
      DEFAULT.attemptFailed(new AttemptFailure("mails", 7, "w1", 2, 10, thrown, Outcome.RETRIED));
      assertThat(log.warnings())
          .containsExactly("queue mails: work 7, worker w1, attempt 2 of 10 failed: RETRIED");
      assertThat(log.errors()).isEmpty();

      DEFAULT.attemptFailed(new AttemptFailure("mails", 7, "w1", 10, 10, thrown, Outcome.BURIED));
      assertThat(log.errors()).containsExactly(thrown);
    }
  }

  @Test
  void work_that_was_done_under_a_lost_claim_is_a_warning() {
    try (LogProbe log = LogProbe.recording()) {
      DEFAULT.completionLost("mails", 7, "w1", 2);
      assertThat(log.warnings()).hasSize(1);
      assertThat(log.warnings().get(0)).contains("mails", "work 7", "w1", "attempt 2");
    }
  }

  @Test
  void what_an_observer_throws_is_logged_whatever_it_was_told_and_goes_no_further() {
    for (Throwable thrown : List.of(new RuntimeException("boom"), new StackOverflowError())) {
      BelayObserver guarded = GuardedObserver.of(throwing(thrown));
      for (Method method : events()) {
        try (LogProbe log = LogProbe.recording()) {
          tell(guarded, method);
          assertThat(log.errors()).as(method.getName()).containsExactly(thrown);
        }
        try (LogProbe log = LogProbe.throwing(new AssertionError("no log either"))) {
          tell(guarded, method);
          assertThat(log.records()).as(method.getName()).isPositive();
        }
      }
    }
  }

  @Test
  void every_event_reaches_the_observer_behind_the_guard_as_it_is() {
    List<Object> told = new ArrayList<>();
    BelayObserver noting =
        proxy(
            (method, arguments) -> {
              told.add(method);
              told.add(Arrays.asList(arguments));
            });
    for (Method method : events()) {
      told.clear();
      tell(GuardedObserver.of(noting), method);
      assertThat(told).containsExactly(method, Arrays.asList(arguments(method)));
    }
  }

  private static List<Method> events() {
    return Arrays.stream(BelayObserver.class.getMethods()).filter(Method::isDefault).toList();
  }

  private static void tell(BelayObserver observer, Method method) {
    try {
      method.invoke(observer, arguments(method));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(method.getName() + " let it through", e);
    }
  }

  private static Object[] arguments(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(type -> type == long.class ? (Object) 7L : type == int.class ? (Object) 1 : null)
        .toArray();
  }

  private interface Answer {
    void to(Method method, Object[] arguments) throws Throwable;
  }

  private static BelayObserver throwing(Throwable thrown) {
    return proxy(
        (method, arguments) -> {
          throw thrown;
        });
  }

  private static BelayObserver proxy(Answer answer) {
    return (BelayObserver)
        Proxy.newProxyInstance(
            BelayObserver.class.getClassLoader(),
            new Class<?>[] {BelayObserver.class},
            (proxy, method, arguments) -> {
              answer.to(method, arguments);
              return null;
            });
  }
}

package dev.belay.kit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For tests that open a store again, or with a second handle or process. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsSharing.Condition.class)
public @interface NeedsSharing {
  /** Skips the test on forms whose stores are private to their handle. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (context.getTestMethod().isEmpty() || FormProvider.formOf(context).isShared()) {
        return ConditionEvaluationResult.enabled("the store can be shared");
      }
      return ConditionEvaluationResult.disabled("a store is private to its handle");
    }
  }
}

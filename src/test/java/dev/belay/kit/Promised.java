package dev.belay.kit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** For a sentence that holds only where the form gives this promise. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Promised.Condition.class)
public @interface Promised {
  /** The promise that the sentence rests on. */
  Promise value();

  /** Skips the test on forms without the promise. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return AnnotationSupport.findAnnotation(context.getElement(), Promised.class)
          .map(promised -> evaluate(promised.value(), FormProvider.formOf(context)))
          .orElseGet(() -> ConditionEvaluationResult.enabled("for every form"));
    }

    private static ConditionEvaluationResult evaluate(Promise promise, Form form) {
      return form.promises().contains(promise)
          ? ConditionEvaluationResult.enabled("promised: " + promise)
          : ConditionEvaluationResult.disabled(form.name() + " does not promise " + promise);
    }
  }
}

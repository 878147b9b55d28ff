package dev.belay.kit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs a suite once on each form of each engine. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(FormProvider.class)
public @interface OnEachForm {
  /** Whether the suite takes seconds, so that only some of the forms run it. */
  boolean slow() default false;

  /** Whether its fixture uses handles in turn, so that forms with two handles run it too. */
  boolean inTurn() default false;
}

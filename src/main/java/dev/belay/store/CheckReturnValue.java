package dev.belay.store;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a verb whose answer is the point: it tells a refusal by the value that it returns, or
 * returns what nobody else can get. A caller who ignores the value takes a refusal for success.
 * Safe for use by many threads.
 *
 * <p>Tools know the annotation by its simple name, so nothing has to be on the class path: Error
 * Prone's check <a href="https://errorprone.info/bugpattern/CheckReturnValue">CheckReturnValue</a>,
 * an error by default. Who ignores an answer on purpose assigns it to a variable {@code unused}, or
 * calls {@code orThrow()} where there is one.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface CheckReturnValue {}

package dev.belay.store;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a verb whose return value must not be ignored: the value may be a refusal, or may be the
 * only reference to what the verb has granted. A caller that ignores the value takes a refusal for
 * success. Safe for use by many threads.
 *
 * <p>Tools recognize the annotation by its simple name, so the class path needs no further library.
 * One of them is Error Prone with its check <a
 * href="https://errorprone.info/bugpattern/CheckReturnValue">CheckReturnValue</a>, which is an
 * error by default. Code that ignores a value on purpose assigns it to a variable {@code unused},
 * or calls {@code orThrow()} if the type has that method.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface CheckReturnValue {}

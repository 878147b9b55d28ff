/**
 * Examples: one feature each, written as an application would write it, run and asserted. The
 * README and the pages of {@code docs/} quote them.
 */
@NullMarked
package dev.belay.examples;

import org.jspecify.annotations.NullMarked;

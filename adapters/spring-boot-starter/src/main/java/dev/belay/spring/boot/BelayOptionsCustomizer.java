package dev.belay.spring.boot;

import dev.belay.BelayOptions;

/**
 * A bean that changes the options with which the store is opened, after the properties. Several are
 * called in their order. Called once, on the thread that creates the beans.
 */
@FunctionalInterface
public interface BelayOptionsCustomizer {
  /** Returns {@code options} with the changes of this bean. */
  BelayOptions customize(BelayOptions options);
}

package dev.belay.spring.boot;

import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Auto-configures that what is registered with Micrometer's context propagation (traces, the
 * security context) reaches bodies, hooks and handlers, where that library is on the class path.
 */
@AutoConfiguration(before = BelayAutoConfiguration.class)
@ConditionalOnClass(ContextSnapshotFactory.class)
final class ContextAutoConfiguration {
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE) // a customizer of the application may replace it
  BelayOptionsCustomizer belayContextPropagation() {
    ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
    return options -> options.withContext(() -> snapshots.captureAll()::wrap);
  }
}

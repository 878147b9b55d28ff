package dev.belay.spring.boot;

import dev.belay.Belay;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configures the health of the store, where Spring Boot's health is on the class path. */
@AutoConfiguration(after = WorkerAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(WorkerLifecycle.class)
@ConditionalOnEnabledHealthIndicator("belay")
final class HealthAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean(name = "belayHealthIndicator")
  HealthIndicator belayHealthIndicator(Belay belay, WorkerLifecycle workers) {
    return new StoreHealth(belay, workers, StoreHealth.READ_MAX);
  }
}

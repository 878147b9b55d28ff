package dev.belay.spring.boot;

import dev.belay.Belay;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Auto-configures the actuator endpoint, where it is exposed. */
@AutoConfiguration(after = WorkerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(WorkerLifecycle.class)
@ConditionalOnAvailableEndpoint(endpoint = StoreEndpoint.class)
final class EndpointAutoConfiguration {
  @Bean
  StoreEndpoint belayEndpoint(Belay belay, WorkerLifecycle workers) {
    return new StoreEndpoint(belay, workers);
  }
}

package dev.belay.spring.boot;

import dev.belay.Belay;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** Auto-configures the workers that are declared as {@link BelayWorker} beans. */
@AutoConfiguration(after = BelayAutoConfiguration.class)
@ConditionalOnSingleCandidate(Belay.class)
final class WorkerAutoConfiguration {
  @Bean
  WorkerLifecycle belayWorkers(
      Belay belay, BelayProperties properties, ObjectProvider<BelayWorker> declared) {
    return new WorkerLifecycle(belay, properties, () -> declared.orderedStream().toList());
  }
}

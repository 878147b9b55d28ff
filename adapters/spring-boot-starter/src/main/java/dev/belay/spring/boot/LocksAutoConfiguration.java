package dev.belay.spring.boot;

import dev.belay.Belay;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.integration.jdbc.lock.LockRepository;

/** Auto-configures the locks of Spring Integration, unless the application has a repository. */
@AutoConfiguration(after = BelayAutoConfiguration.class)
@ConditionalOnClass(LockRepository.class)
@ConditionalOnSingleCandidate(Belay.class)
final class LocksAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean(LockRepository.class)
  BelayLockRepository belayLockRepository(Belay belay) {
    return new BelayLockRepository(belay.leases());
  }
}

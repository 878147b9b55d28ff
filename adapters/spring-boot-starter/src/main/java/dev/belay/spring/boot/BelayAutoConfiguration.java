package dev.belay.spring.boot;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.store.BelayObserver;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configures the store that {@code belay.file}, {@code belay.url} or {@code belay.data-source}
 * names. An application with a {@link Belay} bean of its own keeps that one. Immutable, safe for
 * use by many threads.
 */
@AutoConfiguration(
    afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@EnableConfigurationProperties(BelayProperties.class)
public final class BelayAutoConfiguration {
  BelayAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  @Conditional(OnStoreCondition.class)
  Belay belay(
      BelayProperties properties,
      ObjectProvider<BelayOptionsCustomizer> customizers,
      ObjectProvider<BelayObserver> observer,
      ConfigurableListableBeanFactory beans) {
    BelayOptions options = StoreOpening.options(properties);
    BelayObserver only = observer.getIfAvailable();
    if (only != null) {
      options = options.withObserver(only);
    }
    for (BelayOptionsCustomizer customizer : customizers.orderedStream().toList()) {
      options = customizer.customize(options);
    }
    return StoreOpening.open(properties, options, beans);
  }
}

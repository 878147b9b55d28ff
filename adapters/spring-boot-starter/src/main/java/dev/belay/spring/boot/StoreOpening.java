package dev.belay.spring.boot;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Opens the store that the properties name. Stateless, safe for use by many threads. */
final class StoreOpening {
  private StoreOpening() {}

  /** Returns Belay's options with those that the properties set. */
  static BelayOptions options(BelayProperties properties) {
    BelayOptions options = BelayOptions.defaults();
    if (properties.busyTimeout() != null) {
      options = options.withBusyTimeout(properties.busyTimeout());
    }
    if (properties.durability() != null) {
      options = options.withDurability(properties.durability());
    }
    if (properties.migration() != null) {
      options = options.withMigration(properties.migration());
    }
    if (!properties.migrations().isEmpty()) {
      options = options.withAppMigrations(properties.migrations().toArray(String[]::new));
    }
    return options;
  }

  static Belay open(
      BelayProperties properties, BelayOptions options, ConfigurableListableBeanFactory beans) {
    String dataSource = properties.dataSource();
    if (dataSource != null) {
      // The pool is destroyed after the store, which has connections of it.
      beans.registerDependentBean(dataSource, "belay");
      return Belay.openPostgres(beans.getBean(dataSource, DataSource.class), options);
    }
    if (properties.url() != null) {
      return Belay.openPostgres(properties.jdbcUrl(), options);
    }
    return Belay.open(Objects.requireNonNull(properties.file()), options);
  }
}

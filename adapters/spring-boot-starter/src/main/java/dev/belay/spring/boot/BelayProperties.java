package dev.belay.spring.boot;

import dev.belay.BelayOptions;
import dev.belay.store.Durability;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code belay.*}. Immutable, safe for use by many threads. What is not set here has
 * Belay's own default; {@link BelayOptionsCustomizer} sets every other option.
 *
 * @param file File of the store; its folder must exist.
 * @param url JDBC URL of the PostgreSQL database that holds the store, in place of a file.
 * @param username User of the database, if the URL does not name it.
 * @param password Password of the user, if the URL does not contain it.
 * @param dataSource Name of the DataSource bean whose PostgreSQL database holds the store.
 * @param busyTimeout Time for which a call waits for another process, 15 seconds by default.
 * @param durability Failures that a commit survives.
 * @param migration Whether pending migrations run when the store is opened.
 * @param migrations Flyway locations of the application's tables in the store.
 * @param workers Settings of all workers.
 * @param transactions Settings of the transaction manager.
 * @param queues Settings of the workers of a queue, by its name.
 */
@ConfigurationProperties("belay")
record BelayProperties(
    @Nullable Path file,
    @Nullable String url,
    @Nullable String username,
    @Nullable String password,
    @Nullable String dataSource,
    @Nullable Duration busyTimeout,
    @Nullable Durability durability,
    BelayOptions.@Nullable Migration migration,
    @DefaultValue List<String> migrations,
    @DefaultValue Workers workers,
    @DefaultValue Transactions transactions,
    @DefaultValue Map<String, Queue> queues) {

  BelayProperties {
    if (Stream.of(file, url, dataSource).filter(Objects::nonNull).count() > 1) {
      throw new IllegalArgumentException(
          "belay.file, belay.url and belay.data-source each name a store; set one of them");
    }
    if (url == null && (username != null || password != null)) {
      throw new IllegalArgumentException(
          "belay.username and belay.password belong to belay.url, which is not set");
    }
  }

  /**
   * Settings of all workers. Immutable, safe for use by many threads.
   *
   * @param enabled Whether this process runs the workers that are declared as beans.
   */
  record Workers(@DefaultValue("true") boolean enabled) {}

  /**
   * Settings of the transaction manager. Immutable, safe for use by many threads.
   *
   * @param enabled Whether there are beans belayTransactionManager and belayJdbcTemplate.
   */
  record Transactions(@DefaultValue("false") boolean enabled) {}

  /**
   * Settings of the workers of a queue, which replace those of the bean. Immutable, safe for use by
   * many threads.
   *
   * @param threads Number of handlers that run at a time.
   * @param batch Number of pieces of work that one transaction claims.
   * @param ttl Time for which a claim lives after its last renewal.
   * @param grace Time for which handlers may continue after a stop.
   * @param timeLimit Maximum time of one call of the handler.
   */
  record Queue(
      @Nullable Integer threads,
      @Nullable Integer batch,
      @Nullable Duration ttl,
      @Nullable Duration grace,
      @Nullable Duration timeLimit) {}

  /** Returns {@link #url} with the user and the password, encoded as the driver expects them. */
  String jdbcUrl() {
    return with(with(Objects.requireNonNull(url, "url"), "user", username), "password", password);
  }

  private static String with(String url, String name, @Nullable String value) {
    return value == null
        ? url
        : url
            + (url.contains("?") ? "&" : "?")
            + name
            + "="
            + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** Returns no URL and no password. */
  @Override
  public String toString() {
    return "BelayProperties[migrations=" + migrations + ", queues=" + queues + "]";
  }
}

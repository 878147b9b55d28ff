package dev.belay;

import dev.belay.store.BelayObserver;
import dev.belay.store.Durability;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The values of {@link BelayOptions}. Changed only while they are built, by one thread. */
final class OptionChoices implements Cloneable {
  private static final Pattern MIGRATIONS_NAME = Pattern.compile("[a-z][a-z0-9_]*");

  Set<String> chosen = Set.of();
  @Nullable Duration busyTimeout;
  Durability durability = Durability.PROCESS_CRASH;
  InstantSource clock;
  int commitGroupMax = BelayOptions.COMMIT_GROUP_DEFAULT;
  int readers = BelayOptions.READERS_DEFAULT;
  Map<String, List<String>> migrations = Map.of(); // in the order in which they were named
  BelayOptions.Migration migration = BelayOptions.Migration.ON_OPEN;
  Consumer<Jdbi> jdbi = jdbi -> {};
  Consumer<Connection> connection = connection -> {};
  @Nullable BelayObserver observer;
  @Nullable Supplier<UnaryOperator<Runnable>> context;
  boolean ownerOnlyFiles = true;
  boolean sharedNames;

  OptionChoices(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns {@code value} if it is from 1 to {@code max}. */
  static int upTo(int max, String field, int value) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(field + " must be from 1 to " + max + ": " + value);
    }
    return value;
  }

  void setBusyTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.compareTo(BelayOptions.BUSY_TIMEOUT_MAX) > 0) {
      throw new IllegalArgumentException(
          "busyTimeout must be from 0 to " + BelayOptions.BUSY_TIMEOUT_MAX + ": " + timeout);
    }
    busyTimeout = timeout;
  }

  void addMigrations(String name, List<String> locations) {
    if (!MIGRATIONS_NAME.matcher(name).matches()
        || name.length() > BelayOptions.MIGRATIONS_NAME_MAX) {
      throw new IllegalArgumentException(
          "the name of migrations must be a lower-case letter, then lower-case letters, digits"
              + " and underscores, at most "
              + BelayOptions.MIGRATIONS_NAME_MAX
              + " characters: "
              + name);
    }
    if (locations.isEmpty() || locations.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "migrations '" + name + "' must have locations, and none may be blank: " + locations);
    }
    Map<String, List<String>> more = new LinkedHashMap<>(migrations);
    more.put(name, locations);
    migrations = Collections.unmodifiableMap(more);
  }

  /** Returns a copy that notes the call of {@code method}. */
  OptionChoices cloneWith(String method) {
    OptionChoices copy = clone();
    Set<String> more = new HashSet<>(chosen);
    more.add(method);
    copy.chosen = Set.copyOf(more);
    return copy;
  }

  @Override
  protected OptionChoices clone() {
    try {
      return (OptionChoices) super.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}

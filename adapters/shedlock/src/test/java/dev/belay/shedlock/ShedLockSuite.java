package dev.belay.shedlock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import java.nio.file.Path;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.test.support.AbstractExtensibleLockProviderIntegrationTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * ShedLock's published suite, as it is.
 *
 * <p>Goal: what ShedLock demands of a provider that can extend locks holds. Method: their class,
 * which inherits the one for all providers and runs their fuzz test. Their class for providers that
 * cache rows of a table is about a type that this one is not.
 */
abstract class ShedLockSuite extends AbstractExtensibleLockProviderIntegrationTest {
  @TempDir Path folder;
  private final TestStores database;
  private Belay belay;

  ShedLockSuite(TestStores database) {
    this.database = database;
  }

  @BeforeEach
  void open() {
    belay = TestStores.at(database.place(folder), BelayOptions.defaults());
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @Override
  protected ExtensibleLockProvider getLockProvider() {
    return new BelayLockProvider(belay);
  }

  @Override
  protected void assertUnlocked(String lockName) {
    assertThat(belay.leases().find(lockName)).isEmpty();
  }

  @Override
  protected void assertLocked(String lockName) {
    assertThat(belay.leases().find(lockName)).isPresent();
  }
}

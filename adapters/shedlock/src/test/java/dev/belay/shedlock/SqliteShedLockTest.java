package dev.belay.shedlock;

import dev.belay.adapters.testing.TestStores;

/** {@link ShedLockSuite} on a file. */
class SqliteShedLockTest extends ShedLockSuite {
  SqliteShedLockTest() {
    super(TestStores.SQLITE);
  }
}

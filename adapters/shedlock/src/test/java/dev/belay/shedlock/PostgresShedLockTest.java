package dev.belay.shedlock;

import dev.belay.adapters.testing.TestStores;

/** {@link ShedLockSuite} on PostgreSQL, by the server's clock. */
class PostgresShedLockTest extends ShedLockSuite {
  PostgresShedLockTest() {
    super(TestStores.POSTGRES);
  }
}

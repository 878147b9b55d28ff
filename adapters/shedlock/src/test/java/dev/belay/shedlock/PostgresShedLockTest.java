package dev.belay.shedlock;

/** {@link ShedLockSuite} on PostgreSQL, by the server's clock. */
class PostgresShedLockTest extends ShedLockSuite {
  PostgresShedLockTest() {
    super(TestStores.POSTGRES);
  }
}

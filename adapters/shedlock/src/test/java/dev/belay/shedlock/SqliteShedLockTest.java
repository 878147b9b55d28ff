package dev.belay.shedlock;

/** {@link ShedLockSuite} on a file. */
class SqliteShedLockTest extends ShedLockSuite {
  SqliteShedLockTest() {
    super(TestStores.SQLITE);
  }
}

package dev.belay.benchmarks.queue;

import com.github.kagkarlsson.scheduler.jdbc.SqliteJdbcCustomization;

/**
 * Lets db-scheduler lock and fetch a batch in one transaction on SQLite, which its own
 * customization leaves out. Stateless, safe for use by many threads.
 *
 * <p>Nothing needs a FOR UPDATE there: with connections whose transactions begin IMMEDIATE, what a
 * transaction reads is locked already.
 */
final class DbSchedulerSqlite extends SqliteJdbcCustomization {
  @Override
  public boolean supportsGenericLockAndFetch() {
    return true;
  }

  @Override
  public String createGenericSelectForUpdateQuery(
      String table, int limit, String filter, boolean orderByPriority) {
    return createSelectDueQuery(table, limit, filter, orderByPriority);
  }
}

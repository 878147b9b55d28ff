package dev.belay.sqlite;

import dev.belay.store.TxRunner;
import java.sql.SQLException;

/**
 * Copies a store in memory into a draft. Immutable, safe for use by many threads.
 *
 * <p>Such a store has only one connection. The copy is therefore a {@code call}: it waits for its
 * turn, and every other body waits for it. Its progress is reported once, after that call, so that
 * the progress listener may use the store.
 */
record MemoryCopy(TxRunner runner) implements Backup.Copier {
  @Override
  public int copy(SqliteFile draft, BackupRun run) throws SQLException {
    // The URI contains no quote, which would end the text, and no character that JDBI would expand.
    String copy = "VACUUM INTO '" + draft.uri() + "'";
    int unusedRows = runner.call(tx -> tx.handle().execute(copy));
    int pages = BackupCheck.pageCount(draft);
    boolean unused = run.advance(0, pages);
    return pages;
  }
}

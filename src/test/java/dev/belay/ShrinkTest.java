package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.store.BelayObserver;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.testing.Notes;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what was deleted can leave the file, a little at a time. Method: files of a known number of
 * rows, before and after, as any other program sees them.
 */
class ShrinkTest {
  private static final int NOTES = 1_000;
  private static final String LONG = "x".repeat(9_000);

  @TempDir Path folder;

  @Test
  void pages_that_deletions_left_free_leave_the_file_as_many_as_asked_for() throws Exception {
    try (Belay belay = Belay.open(file(), TestOptions.defaults())) {
      fillAndDelete(belay);
      long free = Long.parseLong(PlainSqlite.rows(file(), "PRAGMA freelist_count").get(0));
      assertThat(free).isGreaterThan(2 * NOTES);

      assertThat(belay.shrink(1)).isEqualTo(1);
      assertThat(belay.shrink(700)).isEqualTo(700);
      assertThat(PlainSqlite.rows(file(), "PRAGMA freelist_count"))
          .containsExactly(Long.toString(free - 701));
      assertThat(belay.shrink(Integer.MAX_VALUE)).isEqualTo((int) free - 701);
      assertThat(belay.shrink(1)).isZero();
      assertThat(Notes.all(belay)).hasSize(1);
    }
    assertThat(Files.size(file())).isLessThan(1_000_000);
    assertThat(PlainSqlite.rows(file(), "PRAGMA integrity_check")).containsExactly("ok");
  }

  @Test
  void no_transaction_of_it_gives_back_more_than_a_batch() {
    List<BelayObserver.TxEvent> told = new CopyOnWriteArrayList<>();
    BelayObserver noting =
        new BelayObserver() {
          @Override
          public void transaction(TxEvent event) {
            told.add(event);
          }
        };
    try (Belay belay = Belay.open(file(), TestOptions.defaults().withObserver(noting))) {
      fillAndDelete(belay);
      told.clear();
      assertThat(belay.shrink(3 * Belay.SHRINK_BATCH + 1)).isEqualTo(3 * Belay.SHRINK_BATCH + 1);
      assertThat(told).hasSize(4);
    }
  }

  @Test
  void a_store_in_memory_gives_back_too() {
    try (Belay belay = Belay.openInMemory(TestOptions.defaults())) {
      fillAndDelete(belay);
      assertThat(belay.shrink(Integer.MAX_VALUE)).isGreaterThan(2 * NOTES);
      assertThat(Notes.all(belay)).hasSize(1);
    }
  }

  @Test
  void a_file_of_another_program_gives_nothing_back_and_stays_what_it_was() throws Exception {
    PlainSqlite.execute(file(), "CREATE TABLE theirs (x)");
    try (Belay belay = Belay.open(file(), TestOptions.defaults())) {
      fillAndDelete(belay);
      assertThat(belay.shrink(100)).isZero();
    }
    assertThat(PlainSqlite.rows(file(), "PRAGMA auto_vacuum")).containsExactly("0");
  }

  @Test
  void a_backup_gives_back_as_its_store_does() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (Belay belay = Belay.openInMemory(TestOptions.defaults())) {
      belay.backup(copy);
    }
    assertThat(PlainSqlite.rows(copy, "PRAGMA auto_vacuum")).containsExactly("2");
  }

  @Test
  void what_cannot_be_asked_for_is_refused() {
    try (Belay belay = Belay.open(file(), TestOptions.defaults())) {
      assertThatIllegalArgumentException().isThrownBy(() -> belay.shrink(0));
      assertThatIllegalStateException().isThrownBy(() -> belay.useRead(tx -> belay.shrink(1)));
    }
    try (Belay belay = Belay.openReadOnly(file(), TestOptions.defaults())) {
      assertThatExceptionOfType(StoreReadOnlyException.class).isThrownBy(() -> belay.shrink(1));
    }
  }

  private Path file() {
    return folder.resolve("a.db");
  }

  private static void fillAndDelete(Belay belay) {
    SqliteNotes.create(belay);
    belay.useWrite(
        tx -> {
          for (int i = 0; i < NOTES; i++) {
            Notes.add(tx, i + LONG);
          }
          Notes.add(tx, "kept");
        });
    belay.useWrite(tx -> tx.handle().execute("DELETE FROM note WHERE text <> 'kept'"));
  }
}

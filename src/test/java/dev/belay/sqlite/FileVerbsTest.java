package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the verbs of a store in a file do beyond the common contract. */
@NullUnmarked // set up before each test
class FileVerbsTest {
  @RegisterExtension final StoreExtension store = StoreExtension.on(SqliteEngine.FILE);
  private Belay belay;

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
  }

  @Test
  void a_call_vacuums_and_sets_pragmas() {
    belay
        .tx()
        .call(
            tx -> {
              tx.handle().execute("VACUUM");
              return tx.handle().execute("PRAGMA user_version = 7");
            });

    assertThat(
            belay
                .tx()
                .<Integer, RuntimeException>read(
                    tx ->
                        tx.handle().createQuery("PRAGMA user_version").mapTo(Integer.class).one()))
        .isEqualTo(7);
  }

  @Test
  void an_exception_of_the_users_own_is_not_replaced_by_its_cause() {
    Exception own =
        new Exception(
            "mine", new org.sqlite.SQLiteException("x", org.sqlite.SQLiteErrorCode.SQLITE_BUSY));

    assertThat(
            catchThrowable(
                () ->
                    belay.write(
                        tx -> {
                          throw own;
                        })))
        .isSameAs(own);
  }

  @Test
  void no_thread_of_the_store_is_left() throws Exception {
    belay.tx().writeAsync(tx -> 1).get();
    belay.tx().readAsync(tx -> 1).get();
    List<Thread> mine =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().matches("belay-(writer|reader|watch).*"))
            .toList();
    assertThat(mine).isNotEmpty().allMatch(Thread::isDaemon);
    belay.close();

    for (Thread thread : mine) {
      Patience.join(thread);
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
  }

  @Test
  void closing_leaves_no_wal() {
    belay.useWrite(tx -> Notes.add(tx, "a"));

    belay.close();

    assertThat(Path.of(store.address() + "-wal")).doesNotExist();
  }
}

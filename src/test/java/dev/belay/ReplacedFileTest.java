package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.store.StoreException;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Commands;
import dev.belay.testing.Notes;
import dev.belay.testing.NotingChild;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a store whose files were deleted, moved or replaced acknowledges nothing more, and does not
 * harm whoever opened what has the names now.
 *
 * <p>Method: A has the file open in this JVM. Somebody exchanges the files. B, a process, opens
 * what is there and writes; then A closes, while B is open, after B was closed, or after B was
 * killed. Whatever B was told to be written is there.
 */
class ReplacedFileTest {
  /** What somebody does to the files. */
  enum Exchange {
    EVERYTHING_DELETED {
      @Override
      void run(Path file, Path backup) throws IOException {
        Files.delete(file);
        Files.delete(log(file));
        Files.delete(index(file));
      }
    },
    DATABASE_DELETED {
      @Override
      void run(Path file, Path backup) throws IOException {
        Files.delete(file);
      }
    },
    SIDECARS_DELETED {
      @Override
      void run(Path file, Path backup) throws IOException {
        Files.delete(log(file));
        Files.delete(index(file));
      }
    },
    LOG_DELETED {
      @Override
      void run(Path file, Path backup) throws IOException {
        Files.delete(log(file));
      }
    },
    INDEX_DELETED {
      @Override
      void run(Path file, Path backup) throws IOException {
        Files.delete(index(file));
      }
    },
    BACKUP_MOVED_OVER {
      @Override
      void run(Path file, Path backup) throws IOException {
        Files.move(backup, file, StandardCopyOption.REPLACE_EXISTING);
      }
    },
    BACKUP_IN_PLACE_OF_ALL {
      @Override
      void run(Path file, Path backup) throws IOException {
        Files.delete(log(file));
        Files.delete(index(file));
        Files.move(backup, file, StandardCopyOption.REPLACE_EXISTING);
      }
    },
    FOLDER_REPLACED {
      @Override
      void run(Path file, Path backup) throws IOException {
        Path folder = file.getParent();
        Files.move(folder, folder.resolveSibling("away"));
        Files.createDirectory(folder);
        Files.move(folder.resolveSibling("away").resolve(backup.getFileName()), file);
      }
    };

    abstract void run(Path file, Path backup) throws IOException;

    static Path log(Path file) {
      return file.resolveSibling(file.getFileName() + "-wal");
    }

    static Path index(Path file) {
      return file.resolveSibling(file.getFileName() + "-shm");
    }
  }

  @TempDir private Path root;
  private Path file;
  private Path backup;

  @BeforeEach
  void make_a_store_and_its_backup() throws IOException {
    file = Files.createDirectory(root.resolve("data")).resolve("store.db");
    backup = file.resolveSibling("backup.db");
    try (Belay belay = open()) {
      SqliteNotes.create(belay);
      add(belay, "old");
    }
    Files.copy(file, backup); // nobody has it open
  }

  @ParameterizedTest
  @EnumSource
  void nothing_is_acknowledged_any_more_and_nothing_is_read(Exchange exchange) throws Exception {
    try (Belay a = open()) {
      add(a, "before");
      exchange.run(file, backup);

      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> add(a, "into nowhere"))
            .withMessageContaining(file.toString())
            .withMessageContaining("deleted, moved or replaced")
            .withMessageContaining("open it again");
        assertThatThrownBy(() -> Notes.all(a)).hasMessageContaining("deleted, moved or replaced");
      }
    }
    if (exchange == Exchange.DATABASE_DELETED) {
      removeSidecars();
    }
    try (Belay again = open()) {
      NotingChild.create(again);
      add(again, "after");
      assertThat(Notes.all(again)).contains("after").doesNotContain("into nowhere");
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LOG_DELETED", "DATABASE_DELETED"})
  void who_opened_the_other_file_keeps_it_open(Exchange exchange) throws Exception {
    Belay a = openAndWrite();
    exchange.run(file, backup);
    try (ChildJvm b = started()) {
      b.ask("b1");
      a.close();
      assertThat(b.ask("b2")).isEqualTo("added");
      assertKept("b1", "b2");
      assertThat(b.ask("close")).isEqualTo("closed");
    }
    assertKept("b1", "b2");
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LOG_DELETED", "DATABASE_DELETED"})
  void who_opened_the_other_file_and_closed_it(Exchange exchange) throws Exception {
    Belay a = openAndWrite();
    exchange.run(file, backup);
    try (ChildJvm b = started()) {
      b.ask("b1");
      assertThat(b.ask("close")).isEqualTo("closed");
    }
    a.close();
    assertKept("b1");
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LOG_DELETED", "DATABASE_DELETED"})
  void who_opened_the_other_file_and_was_killed(Exchange exchange) throws Exception {
    Belay a = openAndWrite();
    exchange.run(file, backup);
    try (ChildJvm b = started()) {
      b.ask("b1");
      b.kill();
    }
    assertThatThrownBy(() -> add(a, "into nowhere")).hasMessageContaining("replaced");
    a.close();
    assertKept("b1");
  }

  @ParameterizedTest
  @EnumSource(names = {"SIDECARS_DELETED", "LOG_DELETED", "INDEX_DELETED"})
  void a_close_saves_what_is_in_the_deleted_log_if_nobody_came_between(Exchange exchange)
      throws Exception {
    Belay a = openAndWrite();
    exchange.run(file, backup);
    a.close();
    assertKept("a1");
  }

  @Test
  void nobody_else_opens_a_file_whose_log_alone_was_deleted() throws Exception {
    Belay a = openAndWrite();
    Exchange.LOG_DELETED.run(file, backup);
    try (ChildJvm b = ChildCommand.of(NotingChild.class, file).start()) {
      assertThat(b.readLine()).contains("StoreException").contains("its -wal was deleted");
    }
    a.close();
    try (ChildJvm b = started()) {
      b.ask("b1");
      assertThat(b.ask("close")).isEqualTo("closed");
    }
    assertKept("a1", "b1");
  }

  @Test
  void nobody_else_opens_a_name_whose_database_alone_was_deleted() throws Exception {
    Belay a = openAndWrite();
    Exchange.DATABASE_DELETED.run(file, backup);
    for (boolean closed : new boolean[] {false, true}) {
      if (closed) {
        a.close();
      }
      try (ChildJvm b = ChildCommand.of(NotingChild.class, file).start()) {
        assertThat(b.readLine()).contains("StoreException").contains("its database was deleted");
      }
      assertThat(file).doesNotExist();
    }
    removeSidecars();
    try (ChildJvm b = started()) {
      b.ask("b1");
      assertThat(b.ask("close")).isEqualTo("closed");
    }
    assertKept("b1");
  }

  private void removeSidecars() throws IOException {
    Files.deleteIfExists(Exchange.log(file));
    Files.deleteIfExists(Exchange.index(file));
  }

  @Test
  void a_copy_into_the_file_cannot_be_noticed_but_hurts_nobody_who_comes_later() throws Exception {
    Belay a = openAndWrite();
    assertThat(Commands.succeeds(List.of(), "cp", backup.toString(), file.toString())).isTrue();
    try (ChildJvm b = started()) {
      b.ask("b1");
      a.close();
      assertThat(b.ask("b2")).isEqualTo("added");
      assertThat(b.ask("close")).isEqualTo("closed");
    }
    assertKept("b1", "b2");
  }

  private Belay openAndWrite() {
    Belay a = open();
    add(a, "a1");
    assertThat(Notes.all(a)).contains("a1"); // by the connection that reads
    return a;
  }

  private ChildJvm started() {
    ChildJvm child = ChildCommand.of(NotingChild.class, file).start();
    child.expect("opened");
    return child;
  }

  /** Another connection sees it, and no page is damaged. */
  private void assertKept(String... notes) throws Exception {
    assertThat(SqliteNotes.all(file)).contains(notes);
    assertThat(PlainSqlite.row(file, "PRAGMA integrity_check")).isEqualTo("ok");
  }

  private Belay open() {
    return Belay.open(file, TestOptions.defaults());
  }

  private static void add(Belay belay, String text) {
    belay.useWrite(tx -> Notes.add(tx, text));
  }
}

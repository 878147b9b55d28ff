package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application's own migrations, which are run when the store is opened. */
class OwnMigrationsExampleTest {
  @TempDir Path folder;

  @Test
  void the_applications_tables_are_made_when_the_store_is_opened() {
    Path file = folder.resolve("agents.db");

    // snippet: migrations
    BelayOptions options = BelayOptions.defaults().withAppMigrations("classpath:db/belay");
    try (Belay belay = Belay.open(file, options)) {
      belay.useWrite(tx -> tx.attach(NoteDao.class).add("chat-17", "likes tea"));
    }
    // end: migrations

    try (Belay belay = Belay.open(file, options)) {
      assertThat(belay.<Integer, RuntimeException>read(tx -> count(tx.attach(NoteDao.class))))
          .isEqualTo(1);
    }
  }

  private static int count(NoteDao dao) {
    return dao.of("chat-17").size();
  }
}

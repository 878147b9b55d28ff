package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.store.Durability;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The connection that writes is set up as its durability says, and as every store needs it. */
class DurabilityTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"PROCESS_CRASH, 1", "POWER_LOSS, 2"})
  void the_log_is_synced_as_the_durability_says(Durability durability, int synchronous) {
    BelayOptions options = TestOptions.defaults().withDurability(durability);
    try (Belay belay = Belay.open(folder.resolve("belay.db"), options)) {
      assertThat(pragma(belay, "synchronous")).isEqualTo(String.valueOf(synchronous));
      assertThat(pragma(belay, "journal_mode")).isEqualTo("wal");
      assertThat(pragma(belay, "foreign_keys")).isEqualTo("1");
    }
  }

  private static String pragma(Belay belay, String name) {
    return belay
        .tx()
        .<String, RuntimeException>call(
            tx -> tx.handle().createQuery("PRAGMA " + name).mapTo(String.class).one());
  }
}

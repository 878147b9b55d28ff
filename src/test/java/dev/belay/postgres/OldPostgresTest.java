package dev.belay.postgres;

import dev.belay.Belay;
import dev.belay.testing.Programs;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the oldest server that is accepted works, PostgreSQL 15 as Debian has it. */
class OldPostgresTest {
  static final Path BINARIES = Path.of("/usr/lib/postgresql/15/bin");

  @Test
  void every_feature_works_on_it(@TempDir Path folder) throws Exception {
    Programs.require(BINARIES.resolve("postgres").toString());
    try (LocalProgram server = LocalProgram.postgres(BINARIES, folder)) {
      String url = Server.newSchemaAt(server.url());
      try (Belay one = Belay.openPostgres(url);
          Belay two = Belay.openPostgres(url)) {
        CoreSentences.check(one, two);
        OtherStoreWakes.check(one, two);
      }
    }
  }
}

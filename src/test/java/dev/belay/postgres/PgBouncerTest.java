package dev.belay.postgres;

import dev.belay.Belay;
import dev.belay.testing.Programs;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a store works behind a pooler that gives each transaction another connection, where LISTEN
 * has no effect. Method: PgBouncer in transaction mode before the tests' server, with the settings
 * that docs/POSTGRES.md names.
 */
class PgBouncerTest {
  private String direct;
  private LocalProgram bouncer;
  private String url;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    Programs.require("pgbouncer");
    direct = Server.newSchema();
    String role = "r_" + Server.schemaOf(direct);
    Server.execute(
        Server.url(),
        "CREATE ROLE "
            + role
            + " LOGIN SUPERUSER; ALTER ROLE "
            + role
            + " SET search_path = "
            + Server.schemaOf(direct));
    bouncer = LocalProgram.pgBouncer(Server.port(), role, folder);
    url = bouncer.url() + "&prepareThreshold=0";
    Belay.openPostgres(direct).close();
  }

  @AfterEach
  void stop() throws Exception {
    if (bouncer != null) {
      bouncer.close();
    }
    Server.drop(direct);
    Server.execute(Server.url(), "DROP ROLE r_" + Server.schemaOf(direct));
  }

  @Test
  void every_feature_works_behind_it() throws Exception {
    try (Belay one = Belay.openPostgres(url);
        Belay two = Belay.openPostgres(url)) {
      CoreSentences.check(one, two);
    }
  }

  @Test
  void a_commit_of_another_process_is_noticed_without_a_notification() throws Exception {
    try (Belay one = Belay.openPostgres(url);
        Belay two = Belay.openPostgres(url)) {
      for (int i = 0; i < 3; i++) {
        OtherStoreWakes.check(one, two);
      }
    }
  }
}

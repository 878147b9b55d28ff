package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.adk.sessions.Session;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.session.SessionCommit;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sessions of agents beside tables and sessions of the application. */
class OwnTablesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void an_application_has_its_own_migrations_and_sessions_in_the_same_store(TestStores store) {
    BelayOptions options = BelayOptions.defaults().withAppMigrations("classpath:db/app");
    try (Belay belay = store.open(folder, options)) {
      BelaySessionService service = BelaySessionService.of(belay);
      service.createSession("app", "ann", Map.of("topic", "tea"), "s-1").blockingGet();
      belay.sessions().commit(SessionCommit.to("s-1", 0).state("mine")).orThrow();
      belay.useWrite(
          tx ->
              tx.handle()
                  .createUpdate("INSERT INTO note (session, text) VALUES ('s-1', 'likes tea')")
                  .execute());

      Session found = service.getSession("app", "ann", "s-1", Optional.empty()).blockingGet();
      assertThat(found).isNotNull();
      assertThat(found.state()).containsOnly(Map.entry("topic", "tea"));
      assertThat(service.listSessions("app", "ann").blockingGet().sessionIds())
          .containsExactly("s-1");
      assertThat(belay.sessions().find("s-1").orElseThrow().state()).isEqualTo("mine");
      service.deleteSession("app", "ann", "s-1").blockingAwait();
      assertThat(belay.sessions().find("s-1")).isPresent();
      assertThat(
              belay.<Integer, RuntimeException>read(
                  tx ->
                      tx.handle()
                          .createQuery("SELECT count(*) FROM note")
                          .mapTo(Integer.class)
                          .one()))
          .isEqualTo(1);
    }
  }
}

package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Goal: a store opens in a schema of the user's choice, and every feature works there. */
class OpenPostgresTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  @Test
  void a_schema_without_tables_is_migrated_and_used() {
    String url = Server.newSchema();
    for (int i = 1; i <= 2; i++) {
      try (Belay belay = Belay.openPostgres(url)) {
        belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();
        assertThat(belay.sessions().find("s").orElseThrow().revision()).isEqualTo(i);
        var lease = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
        assertThat(belay.leases().release(lease)).isTrue();
        belay.queue("q").enqueue(NewWork.of("p"));
        var claim = belay.queue("q").claim("w", TTL).orElseThrow();
        belay.queue("q").complete(claim);
      }
    }
    Server.drop(url);
  }
}

package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Goal: what docs/POSTGRES.md shows works. */
class PostgresExampleTest {
  private static final Path SCRIPTS = Path.of("src/test/resources/postgres");

  private final List<String> sent = new ArrayList<>();

  @Test
  void a_store_opens_by_url_and_on_a_pool() {
    String url = Server.newSchema();
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setURL(url);

    example(url, dataSource);

    assertThat(sent).containsExactly("to: ann");
    Server.drop(url);
  }

  private void example(String url, DataSource dataSource) {
    // snippet: open
    try (Belay belay = Belay.openPostgres(url)) { // jdbc:postgresql://host/database?user=app
      belay.queue("mail").enqueue(NewWork.of("to: ann"));
    }
    try (Belay belay = Belay.openPostgres(dataSource)) { // on the pool that the host has anyway
      belay.queue("mail").claim("worker-1", Duration.ofMinutes(1)).ifPresent(this::send);
    }
    // end: open
  }

  private void send(Claim claim) {
    sent.add(claim.payload());
  }

  @Test
  void a_role_with_the_documented_rights_runs_and_cannot_migrate() throws IOException {
    String url = Server.newStore();
    String role = "app_" + Server.schemaOf(url);
    Server.execute(Server.url(), "CREATE ROLE " + role + " LOGIN");
    Server.execute(
        Server.url(),
        Files.readString(SCRIPTS.resolve("grants.sql"))
            .replace("SCHEMA belay", "SCHEMA " + Server.schemaOf(url))
            .replace("TO app", "TO " + role));
    String asRole = url.replace("user=postgres", "user=" + role);
    try (Belay one = Belay.openPostgres(asRole)) {
      one.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();
      one.queue("q").enqueue(NewWork.of("p").withLane("l"));
      one.queue("q").complete(one.queue("q").claim("w", Duration.ofMinutes(1)).orElseThrow());
      var lease = one.leases().acquire("l", "h", Duration.ofMinutes(1)).granted().orElseThrow();
      assertThat(one.leases().release(lease)).isTrue();
      one.sessions().delete("s");
    }
    Server.drop(url);
    Server.execute(Server.url(), "DROP ROLE " + role);
  }

  @Test
  void the_queries_for_monitoring_run() throws IOException {
    String url = Server.newStore();
    Server.execute(url, Files.readString(SCRIPTS.resolve("monitoring.sql")));
    Server.drop(url);
  }
}

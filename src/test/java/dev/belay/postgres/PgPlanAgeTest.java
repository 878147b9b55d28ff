package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a plan that was made while a table was empty does not stay. Method: a worker asks an empty
 * queue until the server keeps the plans. Then the table is filled, nothing analyses it, and the
 * rows are counted that a claim reads from its indexes.
 */
class PgPlanAgeTest {
  private static final Duration TTL = Duration.ofHours(1);
  private static final String NAME = "plan-age";
  private static final long AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500); // the first is 1 s
  private static final int ROWS = 20_000;
  private static final int USES = 20; // the driver prepares after five, the server plans once

  private String url;
  private Belay belay;
  private WorkQueue queue;

  @BeforeEach
  void open() {
    url = Server.newStore();
    Server.execute(url, "ALTER TABLE belay_work SET (autovacuum_enabled = false)");
    Server.execute(url, "ANALYZE belay_work");
    belay = Belay.openPostgres(url + "&ApplicationName=" + NAME);
    queue = belay.queue("q");
  }

  @AfterEach
  void close() {
    belay.close();
    Server.drop(url);
  }

  @Test
  void a_claim_of_a_group_reads_few_rows_once_its_plan_is_new() {
    readsFewRows(() -> queue.claim("w", TTL));
  }

  @Test
  void a_claim_of_a_body_reads_few_rows_once_its_plan_is_new() {
    readsFewRows(
        () ->
            belay.<Optional<Claim>, RuntimeException>write(
                tx -> queue.claim(tx, "w", TTL, 1).stream().findFirst()));
  }

  private void readsFewRows(Supplier<Optional<Claim>> claim) {
    for (int i = 0; i < USES; i++) {
      assertThat(claim.get()).isEmpty();
    }
    Server.execute(
        url,
        "INSERT INTO belay_work (id, queue, state, priority, due_at_ms, attempts_max,"
            + " enqueued_at_ms, type, payload_bytes) SELECT i, 'other', 'SCHEDULED', 0,"
            + " 4102444800000 + i, 3, i, 't', 1 FROM generate_series(1, "
            + ROWS
            + ") i");
    long filledNanos = System.nanoTime();
    Patience.until("the plans are old", () -> System.nanoTime() - filledNanos > AGE_NANOS);
    for (int i = 0; i < USES; i++) {
      assertThat(queue.enqueue(NewWork.of("p"))).isNotNull();
      assertThat(queue.complete(claim.get().orElseThrow())).isEqualTo(Settlement.SETTLED);
    }
    belay.close(); // its backends add to the numbers when they end
    Patience.until("the claims are counted", () -> read() >= USES && backends() == 0);

    assertThat(read()).isLessThan(ROWS);
  }

  private int backends() {
    return Integer.parseInt(
        Server.query(
                url,
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + NAME + "'")
            .get(0));
  }

  /** The rows that backends have read from indexes of work. */
  private long read() {
    return Long.parseLong(
        Server.query(
                url,
                "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'belay_work'"
                    + " AND schemaname = current_schema()")
            .get(0));
  }
}

package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.store.OwnVerbs;
import dev.belay.store.OwnVerbs.Verb;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.testing.Effort;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a writing verb of Belay's own is all or nothing. Method: triggers on all of Belay's tables
 * count the rows that a verb writes, and refuse the one with a given number; each verb is refused
 * at its rows, with a {@code Tx} (its exception caught or not) and without. Then the store holds
 * what it held before, and goes on.
 */
@NullUnmarked // set up before each test
class OwnVerbRefusalTest {
  private static final boolean ALL = Effort.of(0, 1) > 0;
  private static final long NEVER = 1_000_000;

  @RegisterExtension
  final StoreExtension store = StoreExtension.on(PostgresEngine.SCHEMA).withManualClock();

  private Belay belay;
  private List<String> tables;
  private List<String> before;

  private enum Use {
    WITHOUT_TX {
      @Override
      Object run(Belay belay, Verb verb) {
        return verb.run(belay, null);
      }
    },
    IN_A_BODY {
      @Override
      Object run(Belay belay, Verb verb) {
        return belay.write(tx -> verb.run(belay, tx));
      }
    },
    CAUGHT_IN_A_BODY {
      @Override
      Object run(Belay belay, Verb verb) {
        return belay.write(tx -> String.valueOf(catchThrowable(() -> verb.run(belay, tx))));
      }
    };

    abstract Object run(Belay belay, Verb verb);
  }

  private Map<String, Verb> prepare() {
    belay = store.belay();
    Map<String, Verb> verbs = OwnVerbs.prepare(belay).all();
    store.clock.advance(Duration.ofMillis(5)); // one lease has lapsed, and some work is due
    // skip a row that is refused and go on: see KeptRowsTest
    verbs.keySet().removeAll(List.of("purge", "forgetOperations"));
    tables =
        store.rows(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                + " AND tablename LIKE 'belay%' AND tablename NOT IN"
                + " ('belay_schema_history', 'belay_counter')" // numbers are taken apart
                + " ORDER BY tablename");
    store.execute(
        "CREATE TABLE written (x INTEGER)",
        "CREATE TABLE refused_at (n BIGINT)",
        "INSERT INTO refused_at VALUES (0)",
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN"
            + " INSERT INTO written VALUES (1);"
            + " IF (SELECT count(*) FROM written) = (SELECT n FROM refused_at)"
            + " THEN RAISE EXCEPTION ''refused''; END IF;"
            + " IF TG_OP = ''DELETE'' THEN RETURN OLD; END IF; RETURN NEW; END'");
    refuseAt(NEVER);
    for (String table : tables) {
      store.execute(
          "CREATE TRIGGER refuse AFTER INSERT OR UPDATE OR DELETE ON "
              + table
              + " FOR EACH ROW EXECUTE FUNCTION refuse()");
    }
    before = dump();
    return verbs;
  }

  @ParameterizedTest
  @EnumSource(Use.class)
  void a_verb_that_is_refused_at_any_of_its_rows_has_written_none(Use use) {
    for (Map.Entry<String, Verb> verb : prepare().entrySet()) {
      long rows = rowsWritten(verb.getValue());
      assertThat(rows).as(verb.getKey()).isPositive();
      for (long row = 1; row <= rows; row++) {
        if (ALL || row == (rows + 1) / 2 || row == rows) {
          refuseAt(row);
          Throwable thrown = catchThrowable(() -> use.run(belay, verb.getValue()));
          refuseAt(NEVER);

          String name = use + ", " + verb.getKey() + ", refused at row " + row + " of " + rows;
          assertThat(thrown).as(name).isNotNull();
          assertThat(dump()).as(name).isEqualTo(before);
        }
      }
    }
    assertThat(belay.queue("q").claim("w", Duration.ofDays(1), 100)).isNotEmpty();
    store.createNotes();
    store.checked().requireServing("all verbs");
  }

  private long rowsWritten(Verb verb) {
    refuseAt(NEVER);
    String counted =
        belay
            .tx()
            .<String, RuntimeException>writeFlow(
                tx -> {
                  verb.run(belay, tx);
                  return TxOutcome.rollback(written(tx));
                });
    return Long.parseLong(counted);
  }

  private static String written(Tx tx) {
    return tx.handle().createQuery("SELECT count(*) FROM written").mapTo(String.class).one();
  }

  /** Counts from 1 again. */
  private void refuseAt(long row) {
    store.execute("DELETE FROM written", "UPDATE refused_at SET n = " + row);
  }

  private List<String> dump() {
    String each =
        tables.stream()
            .map(table -> "SELECT '%1$s: ' || t::text AS line FROM %1$s t".formatted(table))
            .collect(Collectors.joining(" UNION ALL "));
    return store.rows(each + " ORDER BY line");
  }
}

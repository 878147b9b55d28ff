package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a verb of Belay's own that answers has written all it says, even beside an application's
 * trigger that ignores a row without an error.
 */
@NullUnmarked // set up before each test
class IgnoredInsertTest {
  @RegisterExtension final StoreExtension store = StoreExtension.on(SqliteEngine.FILE);
  private Path file;
  private Belay belay;

  /** A verb, and a table that it inserts into. */
  private enum Verb {
    ENQUEUE("belay_work_payload") {
      @Override
      void run(Belay belay) {
        belay.queue("q").enqueue(NewWork.of("payload"));
      }
    },
    NEW_SESSION("belay_session") {
      @Override
      void run(Belay belay) {
        belay.sessions().commit(SessionCommit.to("s", 0).append(NewEvent.of("t", "{}")));
      }
    },
    APPEND("belay_session_event") {
      @Override
      void run(Belay belay) {
        belay.sessions().commit(SessionCommit.to("s", 0).append(NewEvent.of("t", "{}")));
      }
    },
    SET_STATE("belay_session_state") {
      @Override
      void run(Belay belay) {
        belay.sessions().commit(SessionCommit.to("s", 0).state("x"));
      }
    },
    KEEP_RECEIPT("belay_session_receipt") {
      @Override
      void run(Belay belay) {
        belay.sessions().commit(SessionCommit.to("s", 0).state("x").operation("o"));
      }
    },
    ACQUIRE("belay_lease") {
      @Override
      void run(Belay belay) {
        belay.leases().acquire("l", "holder", Duration.ofSeconds(9));
      }
    };

    private final String table;

    Verb(String table) {
      this.table = table;
    }

    abstract void run(Belay belay);
  }

  @BeforeEach
  void open() {
    file = Path.of(store.address());
    belay = store.belay();
  }

  @ParameterizedTest
  @EnumSource
  void a_row_that_a_trigger_ignores_fails_the_verb_and_leaves_nothing(Verb verb) throws Exception {
    belay.useWrite(
        tx ->
            tx.handle()
                .execute(
                    "CREATE TRIGGER ignoring BEFORE INSERT ON "
                        + verb.table
                        + " BEGIN SELECT RAISE(IGNORE); END"));
    List<String> before = rows();

    Throwable refused = catchThrowable(() -> verb.run(belay));

    assertThat(refused).isInstanceOf(StoreException.class);
    assertThat(rows()).isEqualTo(before);
    belay.useWrite(tx -> tx.handle().execute("DROP TRIGGER ignoring"));
    verb.run(belay);
    assertThat(rows()).isNotEqualTo(before);
  }

  private List<String> rows() throws Exception {
    return PlainSqlite.rows(
        file,
        "SELECT (SELECT count(*) FROM belay_work) || ' ' || (SELECT count(*) FROM"
            + " belay_work_payload) || ' ' || (SELECT count(*) FROM belay_session) || ' ' ||"
            + " (SELECT count(*) FROM belay_session_event) || ' ' || (SELECT count(*) FROM"
            + " belay_lease)");
  }
}

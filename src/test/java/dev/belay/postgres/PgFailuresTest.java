package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import dev.belay.store.StoreFullException;
import dev.belay.store.StoreReadOnlyException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: each SQLState is an operating failure of one kind, or a mistake in a statement. */
class PgFailuresTest {
  private static final String SECRET = "Failing row contains (secret)";

  private final PgFailures failures = new PgFailures("the store");

  @Test
  void operating_failures_are_told_by_their_kind_and_without_the_servers_text() {
    are(StoreBusyException.class, "40001", "40P01", "55P03", "53300", "57P03");
    are(StoreReadOnlyException.class, "25006");
    are(StoreFullException.class, "53100");
    are(StoreCorruptException.class, "XX001", "XX002");
    are(
        StoreException.class,
        "08000",
        "08001",
        "08003",
        "08006",
        "08P01",
        "25P03",
        "25P04",
        "28000",
        "28P01",
        "53200",
        "53400",
        "57014",
        "57P01",
        "57P02",
        "57P04",
        "57P05",
        "58030",
        "F0001",
        "XX000");
  }

  @Test
  void mistakes_in_a_statement_are_its_authors() {
    for (String state : List.of("22012", "23505", "25P02", "42601", "42P01", "42501", "P0001")) {
      assertThat(failures.translate(failed(state))).as(state).isNull();
      assertThat(failures.operating("something", failed(state)))
          .hasMessage("the store: something failed (" + state + ")");
    }
  }

  @Test
  void only_a_lost_connection_leaves_a_commit_unknown() {
    for (String state : List.of("08006", "08003", "57P01", "57P02")) {
      assertThat(failures.commitWroteNothing(failed(state))).as(state).isFalse();
      assertThat(PgFailures.isLost(new RuntimeException(failed(state)))).as(state).isTrue();
    }
    assertThat(failures.commitWroteNothing(new SQLException("no state"))).isFalse();
    assertThat(PgFailures.isLost(new SQLException("no state"))).isFalse();
    assertThat(failures.translate(new SQLException("no state")))
        .hasMessage("the store: the driver failed without a state");
    assertThat(PgFailures.isLost(new SQLTransientConnectionException("a pool's"))).isTrue();
    for (String state : List.of("23503", "40001", "40P01", "25P02", "53100")) {
      assertThat(failures.commitWroteNothing(failed(state))).as(state).isTrue();
      assertThat(PgFailures.isLost(new RuntimeException(failed(state)))).as(state).isFalse();
    }
  }

  @Test
  void conflicts_between_transactions_are_found_below_other_exceptions() {
    assertThat(PgFailures.isConflict(new RuntimeException(failed("40001")))).isTrue();
    assertThat(PgFailures.isConflict(failed("40P01"))).isTrue();
    assertThat(PgFailures.isConflict(failed("55P03"))).isFalse();
    assertThat(PgFailures.isConflict(null)).isFalse();
  }

  private void are(Class<? extends StoreException> type, String... states) {
    for (String state : states) {
      StoreException translated = failures.translate(failed(state));
      assertThat(translated).as(state).isExactlyInstanceOf(type);
      assertThat(translated.getMessage()).startsWith("the store: ").doesNotContain("secret");
    }
  }

  private static SQLException failed(String state) {
    return new SQLException(SECRET, state);
  }
}

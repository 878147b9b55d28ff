package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.store.StoreException;
import dev.belay.testing.Patience;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a number is given out once, whatever clocks, processes, copies and connections do. Method:
 * several givers on one counter.
 */
class PgNumbersTest {
  private static final long NOW_MS = 1_800_000_000_000L;

  private final List<PgNumbers> givers = new ArrayList<>();
  private String url;

  @BeforeEach
  void create() {
    url = Server.newStore();
  }

  @AfterEach
  void drop() {
    givers.forEach(PgNumbers::close);
    Server.drop(url);
  }

  private PgNumbers giver() {
    PgNumbers numbers =
        new PgNumbers(
            () -> DriverManager.getConnection(url + "&ApplicationName=numbers"),
            new PgFailures("the store"),
            '"' + Server.schemaOf(url) + '"');
    givers.add(numbers);
    return numbers;
  }

  @Test
  void numbers_grow_and_begin_with_the_clock() {
    PgNumbers numbers = giver();
    long last = numbers.take(1, 0, NOW_MS);
    assertThat(last).isGreaterThanOrEqualTo(NOW_MS * PgNumbers.BLOCK);
    for (int i = 0; i < 3 * PgNumbers.BLOCK; i++) {
      long next = numbers.take(1, 0, NOW_MS);
      assertThat(next).isGreaterThan(last);
      last = next;
    }
  }

  @Test
  void many_at_once_follow_each_other_whatever_is_left_of_a_block() {
    PgNumbers numbers = giver();
    long end = 0;
    for (int count : new int[] {1, PgNumbers.BLOCK - 1, 2, PgNumbers.BLOCK, 5_000, 1}) {
      long first = numbers.take(count, 0, NOW_MS);
      assertThat(first).isGreaterThanOrEqualTo(end);
      end = first + count;
    }
  }

  @Test
  void a_clock_that_is_set_back_brings_no_number_again() {
    PgNumbers numbers = giver();
    long before = numbers.take(5_000, 0, NOW_MS) + 5_000;
    PgNumbers restarted = giver();

    assertThat(numbers.take(1, 0, 1)).isGreaterThanOrEqualTo(before);
    assertThat(restarted.take(1, 0, 1)).isGreaterThanOrEqualTo(before);
  }

  @Test
  void a_number_is_larger_than_the_one_that_is_stored() {
    PgNumbers numbers = giver();
    long stored = (NOW_MS + 60_000) * PgNumbers.BLOCK + 7;

    assertThat(numbers.take(1, stored, NOW_MS)).isGreaterThan(stored);
    assertThat(numbers.take(1, 0, NOW_MS)).isGreaterThan(stored);
    assertThat(giver().take(1, 0, NOW_MS)).isGreaterThan(stored);
  }

  @Test
  void two_processes_never_have_the_same_number() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<List<Long>>> taken = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      PgNumbers numbers = i < 4 ? giver() : givers.get(i - 4); // two threads each
      taken.add(
          threads.submit(
              () -> {
                List<Long> own = new ArrayList<>();
                for (int n = 0; n < 2_000; n++) {
                  own.add(numbers.take(1 + n % 3, 0, NOW_MS));
                }
                return own;
              }));
    }
    Set<Long> all = new HashSet<>();
    for (Future<List<Long>> own : taken) {
      assertThat(Patience.get(own)).allSatisfy(number -> assertThat(all.add(number)).isTrue());
    }
    threads.shutdown();
  }

  @Test
  void a_copy_that_is_restored_brings_no_number_again_once_the_clock_has_moved_on() {
    long copied = giver().take(1, 0, NOW_MS);
    String counter = Server.query(url, "SELECT value FROM belay_counter").get(0);
    long later = giver().take(PgNumbers.BLOCK, 0, NOW_MS + 1_000);
    Server.execute(url, "UPDATE belay_counter SET value = " + counter);

    assertThat(giver().take(1, 0, NOW_MS + 2_000)).isGreaterThan(later).isGreaterThan(copied);
  }

  @Test
  void a_lost_connection_is_replaced() {
    PgNumbers numbers = giver();
    long first = numbers.take(PgNumbers.BLOCK, 0, NOW_MS);
    Server.query(
        Server.url(),
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            + " WHERE application_name = 'numbers'");

    assertThat(numbers.take(1, 0, NOW_MS)).isGreaterThan(first);
  }

  @Test
  void without_the_counter_there_is_no_number() {
    Server.execute(url, "DELETE FROM belay_counter");

    assertThatThrownBy(() -> giver().take(1, 0, NOW_MS)).isInstanceOf(StoreException.class);
  }

  @Test
  void a_closed_giver_opens_no_connection() {
    PgNumbers numbers = giver();
    numbers.close();

    assertThatThrownBy(() -> numbers.take(1, 0, NOW_MS)).isInstanceOf(StoreException.class);
  }
}

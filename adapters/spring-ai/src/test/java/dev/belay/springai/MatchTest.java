package dev.belay.springai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.session.NewEvent;
import dev.belay.session.SessionEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which messages of a save are new.
 *
 * <p>Goal: a row for each message, also among equal ones, and always the window that was sent.
 * Method: windows of letters, some from a generator.
 */
class MatchTest {
  private static Match match(String window, String wanted) {
    List<SessionEvent> had = new ArrayList<>();
    for (int i = 0; i < window.length(); i++) {
      had.add(
          new SessionEvent("s", i + 1, i, null, "user", window.substring(i, i + 1), Instant.EPOCH));
    }
    List<NewEvent> want = new ArrayList<>();
    for (int i = 0; i < wanted.length(); i++) {
      want.add(NewEvent.of("user", wanted.substring(i, i + 1)));
    }
    return Match.of(had, want);
  }

  @ParameterizedTest
  @CsvSource({
    "'', abc, '', abc",
    "abc, abc, 123, ''",
    "abc, abcd, 123, d",
    "abc, cd, 3, d",
    "abc, xyz, '', xyz",
    "sabc, scd, 14, d",
    "abc, ab, 12, ''",
    "abc, abX, 12, X",
    "abc, Xbc, '', Xbc",
    "ababab, ababa, 3456, a",
    "ababab, ababababa, 123456, aba",
    "aaa, aaa, 123, ''",
    "aaa, aaaa, 123, a",
    "aaaa, aaa, 234, ''",
  })
  void what_is_kept_is_the_latest_prefix(
      String window, String wanted, String keptSeqs, String fresh) {
    Match match = match(window, wanted);

    StringBuilder kept = new StringBuilder();
    match.kept().forEach(event -> kept.append(event.seq()));
    assertThat(kept).hasToString(keptSeqs);
    StringBuilder added = new StringBuilder();
    match.fresh().forEach(event -> added.append(event.payload()));
    assertThat(added).hasToString(fresh);
  }

  @Test
  void the_window_is_always_what_was_sent() {
    Random random = new Random(17);
    for (int i = 0; i < 20_000; i++) {
      String window = letters(random);
      String wanted = letters(random);
      Match match = match(window, wanted);

      StringBuilder sent = new StringBuilder();
      long seq = 0;
      for (SessionEvent event : match.kept()) {
        assertThat(event.seq()).isGreaterThan(seq);
        seq = event.seq();
        sent.append(event.payload());
      }
      match.fresh().forEach(event -> sent.append(event.payload()));
      assertThat(sent).as("%s after %s", wanted, window).hasToString(wanted);
    }
  }

  private static String letters(Random random) {
    StringBuilder letters = new StringBuilder();
    int length = random.nextInt(9);
    for (int i = 0; i < length; i++) {
      letters.append((char) ('a' + random.nextInt(3)));
    }
    return letters.toString();
  }
}

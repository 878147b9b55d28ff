package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.session.SessionLine;
import dev.belay.session.Sessions;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: what is read page by page is what is read at once, and only an empty page is the last. */
@OnEachForm
class PagesTest {
  private static final int MIB = 1024 * 1024;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();
  private final ManualClock clock = store.clock;
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    belay = store.belay();
    sessions = belay.sessions();
  }

  @Test
  void a_history_with_branches_is_read_back_page_by_page() {
    Random random = new Random(7);
    long last = 0;
    for (int i = 0; i < 300; i++) {
      SessionCommit commit = SessionCommit.to("s");
      if (last > 0 && random.nextInt(4) == 0) {
        commit = commit.parent(random.nextLong(last + 1));
      }
      int events = random.nextInt(5);
      for (int n = 0; n < events; n++) {
        commit = commit.append(NewEvent.of("message", "event " + ++last));
      }
      sessions.commit(commit).orThrow();
      if (i % 10 == 0) {
        List<SessionEvent> history = sessions.history("s");
        assertIsAPath(history);
        for (int page : new int[] {1, 3, 50, 10_000}) {
          assertThat(pagedBack("s", page)).isEqualTo(history);
        }
        for (long before = 0; before <= last + 2; before += 1 + random.nextInt(20)) {
          assertThat(sessions.history("s", before, 5)).isEqualTo(lastBefore(history, before, 5));
          assertThat(sessions.history("s", 1 + random.nextInt(9))).isSubsetOf(history);
        }
      }
    }
  }

  @Test
  void a_page_of_events_ends_at_8_mib_and_has_one_at_least() {
    List<Integer> mib = List.of(3, 3, 3, 9, 0, 1, 9, 9, 1);
    for (int size : mib) {
      sessions.commit(SessionCommit.to("s").append(NewEvent.of("t", "x".repeat(size * MIB))));
    }

    assertThat(pages("s")).containsExactly(2, 1, 1, 2, 1, 1, 1);
    List<Integer> back = new ArrayList<>();
    long before = Long.MAX_VALUE;
    for (List<SessionEvent> page = sessions.history("s", before, 1_000);
        !page.isEmpty();
        page = sessions.history("s", before, 1_000)) {
      back.add(page.size());
      before = page.get(0).seq();
    }
    assertThat(back).containsExactly(1, 1, 1, 2, 1, 2, 1);
    assertThat(sessions.history("s", 3)).as("all that is asked for").hasSize(3);
  }

  @Test
  void sizes_are_bytes_and_not_chars() {
    String emoji = "\uD83D\uDE80".repeat(MIB);
    for (int i = 0; i < 3; i++) {
      sessions.commit(SessionCommit.to("s").append(NewEvent.of("t", emoji)));
    }

    assertThat(pages("s")).containsExactly(2, 1);
  }

  @Test
  void a_line_has_the_head_and_the_size_of_the_state() {
    sessions.commit(SessionCommit.to("a", 0).state("\u00E9\uD83D\uDE80")).orThrow();
    clock.advance(Duration.ofSeconds(5));
    sessions.commit(SessionCommit.to("a", 1).append(NewEvent.of("t", "p"))).orThrow();
    sessions.commit(SessionCommit.to("b", 0)).orThrow();

    assertThat(sessions.list(null, 10))
        .containsExactly(
            new SessionLine("a", 2, 1, 6, ManualClock.START, clock.instant()),
            new SessionLine("b", 1, 0, 0, clock.instant(), clock.instant()));
    assertThat(sessions.list(null, 1)).hasSize(1);
    assertThat(sessions.list("b", 1)).isEmpty();
  }

  @Test
  void idle_sessions_are_listed_by_how_long_they_have_been_idle() {
    for (String id : List.of("c", "a", "b")) {
      commit(id);
      clock.advance(Duration.ofMinutes(1));
    }
    Instant now = clock.instant();

    assertThat(idle(now, null, 10)).containsExactly("c", "a", "b");
    assertThat(idle(now.minus(Duration.ofMinutes(1)), null, 10)).containsExactly("c", "a");
    assertThat(idle(ManualClock.START, null, 10)).isEmpty();
    assertThat(idle(ManualClock.START.plusMillis(1), null, 10)).containsExactly("c");
    assertThat(idle(ManualClock.START.plusNanos(1), null, 10)).containsExactly("c");
    commit("c");
    assertThat(idle(Instant.MAX, null, 10)).containsExactly("a", "b", "c");
    assertThat(idle(Instant.MIN, null, 10)).isEmpty();
  }

  @Test
  void a_commit_of_the_same_second_counts() {
    commit("s");
    Instant before = clock.advance(Duration.ofMillis(300));
    commit("s");
    commit("t");

    assertThat(idle(before, null, 10)).isEmpty();
    assertThat(idle(before.plusMillis(1), null, 10)).containsExactlyInAnyOrder("s", "t");
    clock.set(ManualClock.START.minus(Duration.ofDays(1)));
    commit("s");
    assertThat(idle(ManualClock.START, null, 10)).containsExactly("s");
  }

  @Test
  void idle_sessions_are_paged_while_those_of_a_page_are_deleted_cleared_and_left() {
    for (int i = 0; i < 40; i++) {
      commit("s" + i);
      clock.advance(Duration.ofMillis(i % 3 * 700L));
    }
    Instant before = clock.advance(Duration.ofDays(1));
    for (int i = 0; i < 20; i++) {
      commit("busy" + i);
    }
    List<String> seen = new ArrayList<>();
    @Nullable String after = null;
    for (List<String> page = idle(before, after, 7);
        !page.isEmpty();
        page = idle(before, after, 7)) {
      seen.addAll(page);
      after = page.get(page.size() - 1);
      for (int i = 0; i < page.size(); i++) {
        if (i % 3 == 0) {
          sessions.delete(page.get(i));
        } else if (i % 3 == 1) {
          sessions.clear(page.get(i));
        }
      }
    }

    assertThat(seen).hasSize(40).doesNotHaveDuplicates().noneMatch(id -> id.startsWith("busy"));
  }

  @Test
  void after_a_session_that_is_busy_again_idle_ones_are_listed_from_the_front() {
    commit("a");
    clock.advance(Duration.ofMinutes(1));
    commit("b");
    Instant before = clock.advance(Duration.ofMinutes(1));
    commit("a");

    assertThat(idle(before, "a", 10)).containsExactly("b");
    assertThatIllegalArgumentException().isThrownBy(() -> sessions.listIdle(before, "never", 1));
  }

  @Test
  void arguments_out_of_bounds_are_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> sessions.history("s", -1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> sessions.history("s", 1, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sessions.listIdle(Instant.MAX, null, Sessions.LIMIT_MAX + 1));
    assertThatIllegalArgumentException().isThrownBy(() -> sessions.listIdle(Instant.MAX, "", 1));
  }

  private List<SessionEvent> pagedBack(String id, int last) {
    List<SessionEvent> all = new ArrayList<>();
    long before = Long.MAX_VALUE;
    for (List<SessionEvent> page = sessions.history(id, before, last);
        !page.isEmpty();
        page = sessions.history(id, before, last)) {
      assertThat(page).hasSizeLessThanOrEqualTo(last);
      all.addAll(0, page);
      before = page.get(0).seq();
    }
    return all;
  }

  private List<Integer> pages(String id) {
    List<Integer> sizes = new ArrayList<>();
    long after = 0;
    for (List<SessionEvent> page = sessions.events(id, after, 1_000);
        !page.isEmpty();
        page = sessions.events(id, after, 1_000)) {
      sizes.add(page.size());
      after = page.get(page.size() - 1).seq();
    }
    return sizes;
  }

  private static void assertIsAPath(List<SessionEvent> history) {
    long parent = 0;
    for (SessionEvent event : history) {
      assertThat(event.parentSeq()).isEqualTo(parent);
      parent = event.seq();
    }
  }

  private static List<SessionEvent> lastBefore(List<SessionEvent> all, long before, int last) {
    List<SessionEvent> earlier = all.stream().filter(event -> event.seq() < before).toList();
    return earlier.subList(Math.max(0, earlier.size() - last), earlier.size());
  }

  private List<String> idle(Instant before, @Nullable String after, int limit) {
    return sessions.listIdle(before, after, limit).stream().map(SessionLine::id).toList();
  }

  private void commit(String id) {
    sessions.commit(SessionCommit.to(id)).orThrow();
  }
}

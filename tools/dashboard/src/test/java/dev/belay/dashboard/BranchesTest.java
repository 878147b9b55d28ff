package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.dashboard.Branches.Origin;
import dev.belay.session.SessionEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The columns beside a log are right.
 *
 * <p>Goal: no line leads to another event than the parent, and no two lines share a column. Method:
 * small trees by hand, then random ones, whose lines are followed down row by row.
 */
class BranchesTest {
  private static List<SessionEvent> events(long... parents) {
    List<SessionEvent> events = new ArrayList<>();
    for (int i = 0; i < parents.length; i++) {
      events.add(new SessionEvent("s", i + 1L, parents[i], null, "t", "p", Instant.EPOCH));
    }
    return events;
  }

  @Test
  void a_line_without_branches_has_one_column() {
    Branches branches = new Branches(events(0, 1, 2), Set.of(1L, 2L, 3L));

    assertThat(branches.width()).isEqualTo(1);
    assertThat(branches.rows().get(0).origin()).isEqualTo(Origin.ROOT);
    assertThat(branches.rows().get(2).origin()).isEqualTo(Origin.ROW_ABOVE);
  }

  @Test
  void the_history_keeps_its_column_and_a_column_is_used_again() {
    // 2 and 3 continue 1; the history goes on with 3. 5 goes off from 4, after 2 has ended.
    Branches branches = new Branches(events(0, 1, 1, 3, 4, 4), Set.of(1L, 3L, 4L, 6L));

    assertThat(branches.rows()).extracting(Branches.Row::column).containsExactly(0, 1, 0, 0, 1, 0);
    assertThat(branches.rows().get(0).below()).containsExactly(0, 1);
    assertThat(branches.rows().get(1).through()).containsExactly(0);
    assertThat(branches.width()).isEqualTo(2);
  }

  @Test
  void a_parent_on_an_earlier_page_is_drawn_as_such() {
    List<SessionEvent> page = events(0, 1, 1, 2).subList(2, 4);
    Branches branches = new Branches(page, Set.of());

    assertThat(branches.rows())
        .extracting(Branches.Row::origin)
        .containsExactly(Origin.EARLIER_PAGE, Origin.EARLIER_PAGE);
  }

  @Test
  void lines_of_random_trees_lead_from_each_event_to_its_parent() {
    Random random = new Random(20261120);
    for (int round = 0; round < 300; round++) {
      long[] parents = new long[1 + random.nextInt(40)];
      for (int i = 0; i < parents.length; i++) {
        parents[i] = random.nextInt(3) > 0 ? i : random.nextInt(i + 1);
      }
      List<SessionEvent> events = events(parents);
      assertLinesLeadToParents(new Branches(events, history(events, random)), parents);
    }
  }

  private static Set<Long> history(List<SessionEvent> events, Random random) {
    Set<Long> history = new HashSet<>();
    long seq = 1L + random.nextInt(events.size());
    while (seq > 0) {
      history.add(seq);
      seq = events.get((int) seq - 1).parentSeq();
    }
    return history;
  }

  private static void assertLinesLeadToParents(Branches branches, long[] parents) {
    long[] lines = new long[branches.width()]; // the event from which the line of a column comes
    for (Branches.Row row : branches.rows()) {
      long seq = row.event().seq();
      long parent = parents[(int) seq - 1];
      assertThat(lines[row.column()]).isEqualTo(parent);
      for (int i = 0; i < lines.length; i++) {
        boolean isDrawn = row.through().contains(i) || (i == row.column() && parent != 0);
        assertThat(lines[i] != 0).isEqualTo(isDrawn);
      }
      lines[row.column()] = 0;
      for (int column : row.below()) {
        assertThat(lines[column]).isZero();
        lines[column] = seq;
      }
    }
    assertThat(lines).containsOnly(0);
  }
}

package dev.belay.benchmarks.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Who is measured when.
 *
 * <p>Goal: nobody always goes first. Method: the order of more rounds than a setting has peers.
 */
class JmhQuestionTest {
  private static final JmhSetting ALL = new JmhSetting("all", 1, Map.of());
  private static final JmhQuestion QUESTION =
      new JmhQuestion(
          "question",
          TransactionBenchmark.class,
          "transact",
          WallThroughput.LABEL,
          Stream.of("a", "b", "c", "d").map(name -> JmhPeer.of("peer", name)).toList(),
          List.of(ALL),
          1);

  @Test
  void each_peer_begins_in_turn() {
    assertThat(first(ALL)).containsExactly("a", "b", "c", "d", "a", "b");
  }

  @Test
  void where_some_are_left_out_each_of_the_others_begins_as_often() {
    assertThat(first(ALL.of("a", "d"))).containsExactly("a", "d", "a", "d", "a", "d");
  }

  private static List<String> first(JmhSetting setting) {
    return IntStream.range(0, 6)
        .mapToObj(round -> QUESTION.order(setting, round, false).get(0).name())
        .toList();
  }
}

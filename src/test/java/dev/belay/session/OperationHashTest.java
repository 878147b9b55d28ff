package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.queue.NewWork;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which commits are the same operation. */
class OperationHashTest {
  @Test
  void format_1_never_changes() {
    SessionCommit commit =
        SessionCommit.to("agent-7", 3)
            .operation("op-1")
            .parent(2)
            .append(NewEvent.of("user", "h\u00e9llo \uD83D\uDE80").withId("e-1"))
            .append(NewEvent.of("tool", ""))
            .state("{}");

    assertThat(hash(commit))
        .isEqualTo("54297e1b48636a98cfb5a667d9daeb5273c96aa5aebe3b54a28a92eb807bdb95");
  }

  @Test
  void format_1_never_changes_for_work_either() {
    SessionCommit commit =
        SessionCommit.to("agent-7", 3)
            .enqueue("jobs", NewWork.of("p\u00e9").withType("t").withKey("k").withLane("l"))
            .enqueue("mail", NewWork.of(""));

    assertThat(hash(commit))
        .isEqualTo("7a450f57647c7b12b66a7593d89f7476649bf22ba80e1ff44912b1e2c2f0d4b8");
  }

  @Test
  void to_enqueue_an_empty_list_is_to_enqueue_nothing() {
    assertThat(hash(SessionCommit.to("s", 0).enqueue("q", List.of())))
        .isEqualTo(hash(SessionCommit.to("s", 0)));
  }

  @Test
  void revision_and_operation_id_are_not_content() {
    SessionCommit commit = SessionCommit.to("s", 3).append(NewEvent.of("t", "p"));

    assertThat(hash(SessionCommit.to("s", 9).operation("op").append(NewEvent.of("t", "p"))))
        .isEqualTo(hash(commit));
  }

  @Test
  void every_part_of_the_content_counts() {
    SessionCommit empty = SessionCommit.to("s", 0);
    SessionCommit one = empty.append(NewEvent.of("t", "p"));
    List<SessionCommit> commits =
        List.of(
            empty,
            SessionCommit.to("s2", 0),
            empty.parent(0),
            empty.parent(1),
            empty.state(""),
            empty.state("p"),
            one,
            one.parent(0),
            one.append(NewEvent.of("t", "p")),
            empty.append(NewEvent.of("t", "p2")),
            empty.append(NewEvent.of("t2", "p")),
            empty.append(NewEvent.of("t", "p").withId("e")),
            empty.append(NewEvent.of("t", "p").withId("e2")),
            empty.enqueue("q", NewWork.of("p")),
            empty.enqueue("q2", NewWork.of("p")),
            empty.enqueue("q", NewWork.of("p2")),
            empty.enqueue("q", NewWork.of("p"), NewWork.of("p")),
            empty.enqueue("q", NewWork.of("p").withType("t")),
            empty.enqueue("q", NewWork.of("p").withKey("t")),
            empty.enqueue("q", NewWork.of("p").withLane("t")));

    assertThat(commits.stream().map(OperationHashTest::hash)).doesNotHaveDuplicates();
  }

  @Test
  void what_stands_at_the_end_of_one_field_is_not_the_start_of_the_next() {
    SessionCommit empty = SessionCommit.to("s", 0);

    assertThat(hash(empty.append(NewEvent.of("ab", "c"))))
        .isNotEqualTo(hash(empty.append(NewEvent.of("a", "bc"))));
    assertThat(hash(empty.append(NewEvent.of("t", "p")).state("x")))
        .isNotEqualTo(hash(empty.append(NewEvent.of("t", "p").withId("x"))));
  }

  private static String hash(SessionCommit commit) {
    return HexFormat.of().formatHex(OperationHash.of(commit));
  }
}

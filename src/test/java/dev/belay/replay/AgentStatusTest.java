package dev.belay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AgentStatusTest {
  @Test
  void counts_add_up_and_the_longest_wait_stays() {
    AgentStatus sum =
        AgentStatus.one(Count.TURNS)
            .plus(AgentStatus.write(7))
            .plus(AgentStatus.write(5))
            .plus(AgentStatus.NONE);

    assertThat(sum.get(Count.TURNS)).isEqualTo(1);
    assertThat(sum.get(Count.COMMITS)).isEqualTo(2);
    assertThat(sum.get(Count.REPLAYS)).isZero();
    assertThat(sum.longestNs()).isEqualTo(7);
  }

  @Test
  void a_line_is_read_as_it_was_written() {
    AgentStatus status = AgentStatus.one(Count.CLAIMS_LOST).plus(AgentStatus.write(7));

    assertThat(AgentStatus.ofLine(status.toLine())).isEqualTo(status);
    assertThat(AgentStatus.ofLine(AgentStatus.NONE.toLine())).isEqualTo(AgentStatus.NONE);
  }
}

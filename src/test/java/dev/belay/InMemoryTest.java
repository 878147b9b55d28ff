package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.TestOptions;
import org.junit.jupiter.api.Test;

class InMemoryTest {
  private static final SessionCommit FIRST =
      SessionCommit.to("run", 0).append(NewEvent.of("user", "hello"));

  @Test
  void two_stores_in_memory_are_private_to_their_handles() {
    try (Belay one = Belay.openInMemory(TestOptions.defaults());
        Belay other = Belay.openInMemory(TestOptions.defaults())) {
      one.sessions().commit(FIRST).orThrow();

      assertThat(one.sessions().history("run")).hasSize(1);
      assertThat(other.sessions().find("run")).isEmpty();
      // The other has an id of its own to give away.
      other.sessions().commit(FIRST).orThrow();
    }
  }

  @Test
  void a_store_in_memory_ends_with_its_handle() {
    try (Belay before = Belay.openInMemory(TestOptions.defaults())) {
      before.sessions().commit(FIRST).orThrow();
    }
    try (Belay after = Belay.openInMemory(TestOptions.defaults())) {
      assertThat(after.sessions().find("run")).isEmpty();
    }
  }

  @Test
  void reads_of_a_store_in_memory_see_what_was_acknowledged_before() {
    try (Belay belay = Belay.openInMemory(TestOptions.defaults())) {
      belay.sessions().commit(FIRST).orThrow();

      assertThat(
              belay
                  .tx()
                  .<Integer, RuntimeException>read(
                      tx -> belay.sessions().history(tx, "run").size()))
          .isOne();
    }
  }
}

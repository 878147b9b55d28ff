package dev.belay.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that share a memory: each window is read whole, also if its writer is killed. */
class MemoryProcessesCrashTest extends StoreTest {
  @ParameterizedTest
  @EnumSource
  void windows_of_two_processes_never_mix(TestStores database) {
    open(database);
    int windows = 200;
    try (ChildJvm one = child("a", windows);
        ChildJvm two = child("b", windows)) {
      int last = 0;
      while (last < windows - 1) {
        last = Integer.parseInt(one.readLine());
        assertIsWhole(store.getMessages("u"));
      }
      last = 0;
      while (last < windows - 1) {
        last = Integer.parseInt(two.readLine());
      }
    }

    List<ChatMessage> left = store.getMessages("u");
    assertThat(left)
        .isIn(MemoryChild.window("a", windows - 1), MemoryChild.window("b", windows - 1));
    assertThat(belay.check()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_killed_process_leaves_the_last_window_that_it_stored_or_the_next(TestStores database) {
    open(database);
    for (int round = 0; round < 3; round++) {
      int last = 0;
      try (ChildJvm child = child("a", Integer.MAX_VALUE)) {
        while (last < 20 + round) {
          last = Integer.parseInt(child.readLine());
        }
        child.kill();
        for (String line : child.remainingLines()) {
          last = Integer.parseInt(line);
        }
      }
      assertThat(store.getMessages("u"))
          .isIn(MemoryChild.window("a", last), MemoryChild.window("a", last + 1));
      assertThat(belay.check()).isEmpty();
    }
  }

  private ChildJvm child(String name, int windows) {
    return ChildCommand.of(MemoryChild.class, place, name, windows).start();
  }

  private static void assertIsWhole(List<ChatMessage> window) {
    String name = ((UserMessage) window.get(0)).singleText();
    String last = ((UserMessage) window.get(window.size() - 1)).singleText();
    assertThat(window).isEqualTo(MemoryChild.window(name, Integer.parseInt(last.substring(1))));
  }
}

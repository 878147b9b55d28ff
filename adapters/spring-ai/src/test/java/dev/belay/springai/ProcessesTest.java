package dev.belay.springai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.session.SessionEvent;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.messages.Message;

/**
 * Conversations of several processes, and of one that is killed.
 *
 * <p>Goal: no message that was saved is lost, and a window is never half of one save. Method: child
 * JVMs on the same store, killed between their writes or in them.
 */
class ProcessesTest {
  private static final int MESSAGES = 150;

  @TempDir Path folder;

  private static List<String> log(Belay belay, String conversation) {
    List<String> texts = new ArrayList<>();
    for (SessionEvent event :
        belay
            .sessions()
            .events(BelayChatMemoryRepository.SESSION_PREFIX + conversation, 0, 10_000)) {
      texts.add(MessageCodec.decode(event).getText());
    }
    return texts;
  }

  private static List<String> texts(String name, int from, int to) {
    List<String> texts = new ArrayList<>();
    for (int i = from; i < to; i++) {
      texts.add(name + " " + i);
    }
    return texts;
  }

  @ParameterizedTest
  @EnumSource
  void two_processes_talk_in_conversations_of_their_own_and_in_a_shared_one(TestStores engine) {
    String store = engine.place(folder);
    try (Belay belay = TestStores.at(store, BelayOptions.defaults());
        ChildJvm child =
            ChildCommand.of(ChatChild.class, store, "child", MESSAGES, "own-child", "shared")
                .start()) {
      ChatMemory memory = ChatChild.memory(belay);
      child.expect("ready");
      child.send("go");
      for (int i = 0; i < MESSAGES; i++) {
        memory.add("own-parent", ChatChild.message("parent", i));
        memory.add("shared", ChatChild.message("parent", i));
      }
      assertThat(child.remainingLines()).hasSize(MESSAGES + 1).last().isEqualTo("done");

      for (String name : List.of("child", "parent")) {
        assertThat(log(belay, "own-" + name)).isEqualTo(texts(name, 0, MESSAGES));
        assertThat(memory.get("own-" + name))
            .extracting(Message::getText)
            .isEqualTo(texts(name, MESSAGES - ChatChild.WINDOW, MESSAGES));
        assertThat(log(belay, "shared")).containsAll(texts(name, 0, MESSAGES));
      }
      assertThat(memory.get("shared")).hasSize(ChatChild.WINDOW);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_conversation_goes_on_in_another_process_without_a_second_row(TestStores engine) {
    String store = engine.place(folder);
    try (Belay belay = TestStores.at(store, BelayOptions.defaults());
        ChildJvm child = ChildCommand.of(ChatChild.class, store, "child", 5, "c").start()) {
      ChatChild.memory(belay).add("c", ChatChild.message("parent", 0));
      child.expect("ready");
      child.send("go");
      assertThat(child.remainingLines()).last().isEqualTo("done");
      ChatChild.memory(belay).add("c", ChatChild.message("parent", 1));

      List<String> all = new ArrayList<>(texts("parent", 0, 1));
      all.addAll(texts("child", 0, 5));
      all.addAll(texts("parent", 1, 2));
      assertThat(log(belay, "c")).isEqualTo(all);
      assertThat(ChatChild.memory(belay).get("c")).extracting(Message::getText).isEqualTo(all);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_process_that_is_killed_leaves_whole_saves(TestStores engine) {
    String store = engine.place(folder);
    int said = -1;
    try (ChildJvm child =
        ChildCommand.of(ChatChild.class, store, "child", Integer.MAX_VALUE, "c").start()) {
      child.expect("ready");
      child.send("go");
      while (said < 60) {
        said = Integer.parseInt(child.readLine());
      }
      child.kill();
      for (String line : child.remainingLines()) {
        said = Integer.parseInt(line);
      }
    }
    try (Belay belay = TestStores.at(store, BelayOptions.defaults())) {
      ChatMemory memory = ChatChild.memory(belay);
      // From this commit on no server commits what the killed process had sent: it is too old.
      memory.add("c", ChatChild.message("parent", 0));

      int added = log(belay, "c").size() - 1;
      assertThat(added).isBetween(said + 1, said + 2);
      List<String> all = new ArrayList<>(texts("child", 0, added));
      all.addAll(texts("parent", 0, 1));
      assertThat(log(belay, "c")).isEqualTo(all);
      assertThat(memory.get("c"))
          .extracting(Message::getText)
          .isEqualTo(all.subList(all.size() - ChatChild.WINDOW, all.size()));
      assertThat(belay.check()).isEmpty();
    }
  }
}

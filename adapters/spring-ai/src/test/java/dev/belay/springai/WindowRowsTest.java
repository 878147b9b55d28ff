package dev.belay.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.memory.InMemoryChatMemoryRepository;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage.ToolResponse;
import org.springframework.ai.chat.messages.UserMessage;

/**
 * What a conversation costs in rows.
 *
 * <p>Goal: a row for each message, whatever the window, and the window that the memory of Spring AI
 * would have. Method: its window memory, on this repository and beside it on its own in memory.
 */
class WindowRowsTest {
  private static final String ID = "chat-17";
  private static final String SESSION = BelayChatMemoryRepository.SESSION_PREFIX + ID;

  @TempDir Path folder;
  private final ChatMemoryRepository inMemory = new InMemoryChatMemoryRepository();

  private static ChatMemory window(ChatMemoryRepository repository, int messages) {
    return MessageWindowChatMemory.builder()
        .chatMemoryRepository(repository)
        .maxMessages(messages)
        .build();
  }

  private static int rows(Belay belay) {
    return belay.sessions().events(SESSION, 0, 10_000).size();
  }

  @ParameterizedTest
  @EnumSource
  void a_window_of_10_over_101_messages_is_101_rows(TestStores engine) {
    try (Belay belay = engine.open(folder, BelayOptions.defaults())) {
      ChatMemory memory = window(BelayChatMemoryRepository.of(belay), 10);
      ChatMemory expected = window(inMemory, 10);
      memory.add(ID, new SystemMessage("be kind"));
      expected.add(ID, new SystemMessage("be kind"));
      for (int i = 0; i < 50; i++) {
        for (Message message :
            List.of(new UserMessage("question " + i), new AssistantMessage("answer " + i))) {
          memory.add(ID, message);
          expected.add(ID, message);
        }
        assertThat(memory.get(ID)).isEqualTo(expected.get(ID));
      }

      assertThat(rows(belay)).isEqualTo(101);
      Session head = belay.sessions().find(SESSION).orElseThrow();
      assertThat(head.state()).isEqualTo("{\"window\":[[1,1],[94,101]]}");
      assertThat(head.revision()).isEqualTo(101); // one commit for each
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_thousand_turns_with_tools_are_linear(TestStores engine) {
    try (Belay belay = engine.open(folder, BelayOptions.defaults())) {
      long own = turns(window(inMemory, 20));
      long belays = turns(window(BelayChatMemoryRepository.of(belay), 20));

      assertThat(rows(belay)).isEqualTo(4_000);
      assertThat(BelayChatMemoryRepository.of(belay).findByConversationId(ID))
          .isEqualTo(inMemory.findByConversationId(ID));
      System.out.printf(
          "%s: 1,000 turns, 4,000 messages: %d ms, in memory %d ms (%d to 1)%n",
          engine, belays, own, belays / Math.max(1, own));
    }
  }

  private static long turns(ChatMemory memory) {
    long start = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      String call = "call-" + i;
      memory.add(ID, new UserMessage("question " + i));
      memory.add(
          ID,
          AssistantMessage.builder()
              .content("")
              .toolCalls(List.of(new ToolCall(call, "function", "look", "{}")))
              .build());
      memory.add(
          ID,
          ToolResponseMessage.builder()
              .responses(List.of(new ToolResponse(call, "look", "found " + i)))
              .build());
      memory.add(ID, new AssistantMessage("answer " + i));
    }
    return Duration.ofNanos(System.nanoTime() - start).toMillis();
  }

  @Test
  void a_system_message_that_is_sent_with_every_turn_and_equal_messages_are_each_a_row() {
    try (Belay belay = Belay.openInMemory()) {
      ChatMemory memory = window(BelayChatMemoryRepository.of(belay), 6);
      ChatMemory expected = window(inMemory, 6);
      for (int i = 0; i < 40; i++) {
        for (ChatMemory each : List.of(memory, expected)) {
          each.add(ID, new UserMessage("yes"));
          each.add(ID, new AssistantMessage("ok"));
          if (i % 10 == 0) {
            each.add(ID, new SystemMessage("rules of day " + i));
          }
        }
        assertThat(memory.get(ID)).isEqualTo(expected.get(ID));
      }
      assertThat(rows(belay)).isEqualTo(84);
    }
  }

  @Test
  void a_save_that_changes_nothing_writes_nothing() {
    try (Belay belay = Belay.openInMemory()) {
      ChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
      List<Message> messages =
          List.of(
              UserMessage.builder().text("a").metadata(Map.of("x", 1, "y", 2, "z", 3)).build(),
              new AssistantMessage("b"));
      repository.saveAll(ID, messages);
      repository.saveAll(ID, messages);
      repository.saveAll(ID, repository.findByConversationId(ID));

      assertThat(belay.sessions().find(SESSION).orElseThrow().revision()).isEqualTo(1);
    }
  }

  @Test
  void messages_may_leave_the_middle_and_a_changed_one_is_new_with_all_after_it() {
    try (Belay belay = Belay.openInMemory()) {
      ChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
      List<Message> messages = new ArrayList<>();
      for (String text : List.of("a", "b", "c", "d", "e", "f")) {
        messages.add(new UserMessage(text));
      }
      repository.saveAll(ID, messages);
      messages.remove(1);
      messages.remove(3);
      repository.saveAll(ID, messages);
      assertThat(repository.findByConversationId(ID)).isEqualTo(messages);
      assertThat(rows(belay)).isEqualTo(6);

      messages.set(2, new UserMessage("D"));
      repository.saveAll(ID, messages);
      assertThat(repository.findByConversationId(ID)).isEqualTo(messages);
      assertThat(rows(belay)).isEqualTo(8); // D and f
    }
  }

  @Test
  void events_of_the_application_in_the_session_are_no_messages() {
    try (Belay belay = Belay.openInMemory()) {
      ChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
      repository.saveAll(ID, List.of(new UserMessage("a")));
      belay.sessions().commit(SessionCommit.to(SESSION).append(NewEvent.of("note", "x"))).orThrow();
      repository.saveAll(ID, List.of(new UserMessage("a"), new UserMessage("b")));

      assertThat(repository.findByConversationId(ID))
          .containsExactly(new UserMessage("a"), new UserMessage("b"));
      assertThat(rows(belay)).isEqualTo(3);
    }
  }

  @Test
  void a_session_that_is_no_conversation_is_named() {
    try (Belay belay = Belay.openInMemory()) {
      ChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
      for (String state : List.of("", "{}", "{\"window\":[[2,1]]}", "{\"window\":[[7,9]]}")) {
        belay.sessions().clear(SESSION);
        belay
            .sessions()
            .commit(SessionCommit.to(SESSION, 0).append(NewEvent.of("user", "x")).state(state))
            .orThrow();
        assertThatIllegalStateException()
            .isThrownBy(() -> repository.findByConversationId(ID))
            .withMessageContaining(SESSION);
      }
    }
  }

  @Test
  void an_event_that_is_no_message_is_named_without_its_payload() {
    try (Belay belay = Belay.openInMemory()) {
      belay
          .sessions()
          .commit(
              SessionCommit.to(SESSION, 0)
                  .append(NewEvent.of("note", "{\"message\":{\"text\":\"secret\"}}"))
                  .state("{\"window\":[[1,1]]}"))
          .orThrow();
      assertThatIllegalStateException()
          .isThrownBy(() -> BelayChatMemoryRepository.of(belay).findByConversationId(ID))
          .withMessage("session " + SESSION + ": the event at seq 1 is no message");
    }
  }
}

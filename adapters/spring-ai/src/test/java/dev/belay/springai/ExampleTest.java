package dev.belay.springai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;

/** The code of the README, in a chat with a model that counts. */
class ExampleTest {
  @TempDir Path folder;
  private final List<List<Message>> asked = new ArrayList<>();

  private final ChatModel model =
      new ChatModel() {
        @Override
        public ChatResponse call(Prompt prompt) {
          asked.add(prompt.getInstructions());
          AssistantMessage answer =
              new AssistantMessage("answer to " + prompt.getInstructions().size() + " messages");
          return new ChatResponse(List.of(new Generation(answer)));
        }
      };

  @Test
  void a_chat_goes_on_after_a_restart() {
    Path file = folder.resolve("agents.db");
    for (int i = 0; i < 2; i++) {
      // snippet: memory
      try (Belay belay = Belay.open(file)) {
        ChatMemory memory =
            MessageWindowChatMemory.builder()
                .chatMemoryRepository(BelayChatMemoryRepository.of(belay))
                .maxMessages(20)
                .build();
        ChatClient client =
            ChatClient.builder(model)
                .defaultAdvisors(MessageChatMemoryAdvisor.builder(memory).build())
                .build();

        String answer =
            client
                .prompt("What did I ask before?")
                .advisors(each -> each.param(ChatMemory.CONVERSATION_ID, "chat-17"))
                .call()
                .content();
        // end: memory
        assertThat(answer).isEqualTo("answer to " + (2 * i + 1) + " messages");
        assertThat(belay.sessions().events("spring-ai/chat-17", 0, 100)).hasSize(2 * i + 2);
      }
    }
    assertThat(asked.get(1)).startsWith(asked.get(0).get(0));
  }

  @ParameterizedTest
  @EnumSource
  void tables_of_the_application_are_written_beside_it(TestStores engine) {
    BelayOptions options = BelayOptions.defaults().withAppMigrations("classpath:db/app");
    try (Belay belay = engine.open(folder, options)) {
      BelayChatMemoryRepository repository = BelayChatMemoryRepository.of(belay);
      repository.saveAll("c", List.of(new UserMessage("a")));
      belay.useWrite(tx -> tx.handle().execute("INSERT INTO note VALUES ('c', 'x')"));

      assertThat(repository.findByConversationId("c")).hasSize(1);
      long notes =
          belay.read(tx -> tx.handle().select("SELECT count(*) FROM note").mapTo(Long.class).one());
      assertThat(notes).isEqualTo(1);
    }
  }
}

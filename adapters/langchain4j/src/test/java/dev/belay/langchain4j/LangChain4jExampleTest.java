package dev.belay.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.SessionEvent;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of the README, with a model that calls a tool. */
class LangChain4jExampleTest {
  @TempDir Path folder;

  interface Assistant {
    String chat(@MemoryId int user, @dev.langchain4j.service.UserMessage String message);
  }

  static final class Tools {
    @Tool
    String weather(String city) {
      return "31 °C in " + city;
    }
  }

  /** Asks for the weather, and then says what the tool has answered. */
  static final class WeatherModel implements ChatModel {
    @Override
    public ChatResponse doChat(ChatRequest request) {
      boolean isAsked =
          request.messages().get(request.messages().size() - 1) instanceof UserMessage;
      AiMessage answer =
          isAsked
              ? AiMessage.from(
                  ToolExecutionRequest.builder()
                      .id("1")
                      .name("weather")
                      .arguments("{\"arg0\":\"Pune\",\"city\":\"Pune\"}")
                      .build())
              : AiMessage.from("it is warm, after " + request.messages().size() + " messages");
      return ChatResponse.builder().aiMessage(answer).build();
    }
  }

  @Test
  void an_assistant_remembers_after_a_restart() {
    Path file = folder.resolve("chats.db");
    ChatModel model = new WeatherModel();
    List<String> answers = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      // snippet: assistant
      try (Belay belay = Belay.open(file)) {
        ChatMemoryStore store = new BelayChatMemoryStore(belay);
        Assistant assistant =
            AiServices.builder(Assistant.class)
                .chatModel(model)
                .tools(new Tools())
                .chatMemoryProvider(
                    user ->
                        MessageWindowChatMemory.builder()
                            .id(user)
                            .maxMessages(20)
                            .chatMemoryStore(store)
                            .build())
                .build();
        answers.add(assistant.chat(17, "what is the weather in Pune?"));
      }
      // end: assistant
    }
    assertThat(answers)
        .containsExactly("it is warm, after 3 messages", "it is warm, after 7 messages");

    try (Belay belay = Belay.open(file)) {
      // snippet: history
      List<SessionEvent> all = belay.sessions().history("langchain4j/Integer/17");
      // end: history
      assertThat(all)
          .extracting(SessionEvent::type)
          .containsExactly(
              "USER",
              "AI",
              "TOOL_EXECUTION_RESULT",
              "AI",
              "USER",
              "AI",
              "TOOL_EXECUTION_RESULT",
              "AI");
      assertThat(all.get(2).payload()).contains("31 °C in Pune");
    }
  }
}

package dev.belay.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.adapters.testing.TestStores;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.memory.chat.TokenWindowChatMemory;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import dev.langchain4j.store.memory.chat.InMemoryChatMemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * LangChain4j's memories on this store are those on its own.
 *
 * <p>Goal: each sentence of {@code MessageWindowChatMemoryTest} holds whichever store is below
 * (capacity that changes, system messages kept, replaced and first, tool results that leave with
 * their requests, clear, set). Method: random conversations on both stores, whose windows are equal
 * after each step; texts come from a few words, so that messages repeat.
 */
class WindowMemoryPropertyTest extends StoreTest {
  private static final int SEEDS = 12;
  private static final int STEPS = 60;

  @ParameterizedTest
  @EnumSource
  void a_memory_is_the_same_on_both_stores(TestStores database) {
    open(database);
    for (int seed = 0; seed < SEEDS; seed++) {
      int[] capacity = {1 + new Random(seed).nextInt(12)};
      ChatMemory expected = memory(seed, new InMemoryChatMemoryStore(), capacity);
      ChatMemory actual = memory(seed, store, capacity);
      Random random = new Random(seed);
      for (int step = 0; step < STEPS; step++) {
        step(random, capacity, expected, actual);
        assertThat(actual.messages())
            .as("seed %s, step %s", seed, step)
            .isEqualTo(expected.messages());
      }
    }
    assertThat(belay.check()).isEmpty();
  }

  private static ChatMemory memory(int seed, ChatMemoryStore store, int[] capacity) {
    if (seed % 3 == 0) {
      return TokenWindowChatMemory.builder()
          .id(seed)
          .maxTokens(capacity[0] * 10, new Letters())
          .chatMemoryStore(store)
          .build();
    }
    return MessageWindowChatMemory.builder()
        .id(seed)
        .dynamicMaxMessages(id -> capacity[0])
        .alwaysKeepSystemMessageFirst(seed % 3 == 1)
        .chatMemoryStore(store)
        .build();
  }

  private static void step(Random random, int[] capacity, ChatMemory... memories) {
    int choice = random.nextInt(20);
    String word = List.of("yes", "no", "why", "ok").get(random.nextInt(4));
    if (choice == 0) {
      capacity[0] = 1 + random.nextInt(12);
    }
    List<ChatMessage> added = new ArrayList<>();
    if (choice < 3) {
      added.add(SystemMessage.from(word));
    } else if (choice < 6) {
      addTools(random, added, word);
    } else {
      added.add(choice % 2 == 0 ? UserMessage.from(word) : AiMessage.from(word));
    }
    List<ChatMessage> window = new ArrayList<>(memories[0].messages());
    int edited = random.nextInt(window.size() + 1);
    for (ChatMemory memory : memories) {
      if (choice == 19) {
        memory.clear();
      } else if (choice == 18 && edited < window.size()) {
        window.set(edited, UserMessage.from("edited"));
        memory.set(window);
      } else {
        added.forEach(memory::add);
      }
    }
  }

  private static void addTools(Random random, List<ChatMessage> added, String word) {
    List<ToolExecutionRequest> requests = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      requests.add(ToolExecutionRequest.builder().id("" + i).name(word).arguments("{}").build());
    }
    added.add(AiMessage.from(requests));
    requests.forEach(request -> added.add(ToolExecutionResultMessage.from(request, word)));
  }

  /** Counts letters as tokens. */
  private static final class Letters implements TokenCountEstimator {
    @Override
    public int estimateTokenCountInText(String text) {
      return text.length();
    }

    @Override
    public int estimateTokenCountInMessage(ChatMessage message) {
      return MessageJson.event(message).payload().length() / 20;
    }

    @Override
    public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
      int tokens = 0;
      for (ChatMessage message : messages) {
        tokens += estimateTokenCountInMessage(message);
      }
      return tokens;
    }
  }
}

package dev.belay.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.adapters.testing.TestStores;
import dev.belay.session.Session;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import dev.langchain4j.store.memory.chat.InMemoryChatMemoryStore;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A conversation of 1,000 turns costs as many rows as it has messages, and each turn the same.
 *
 * <p>Goal: nothing grows with the conversation but the log. Method: rows and the size of the state
 * are counted; times are printed beside those of LangChain4j's store in memory, and prove nothing.
 */
class LongConversationTest extends StoreTest {
  private static final int TURNS = 1_000;

  @ParameterizedTest
  @EnumSource
  void a_thousand_turns(TestStores database) {
    open(database);
    ChatMemory memory = memory(store);
    ChatMemory inMemory = memory(new InMemoryChatMemoryStore());
    memory.add(SystemMessage.from("be kind"));
    inMemory.add(SystemMessage.from("be kind"));

    long[] ns = new long[10];
    long inMemoryNs = 0;
    for (int i = 0; i < TURNS; i++) {
      ns[i * ns.length / TURNS] += turn(memory, i);
      inMemoryNs += turn(inMemory, i);
    }

    assertThat(rows("langchain4j/String/u")).hasSize(1 + 2 * TURNS);
    Session head = belay.sessions().find("langchain4j/String/u").orElseThrow();
    assertThat(head.revision()).isEqualTo(1 + 2 * TURNS);
    assertThat(head.state()).isEqualTo("1,1983-2001");
    assertThat(memory.messages()).isEqualTo(inMemory.messages());
    System.out.printf(
        Locale.ROOT,
        "%s: %,d turns, us a turn: %,d in the second tenth, %,d in the last; in memory %,d%n",
        database,
        TURNS,
        micros(ns[1], TURNS / ns.length),
        micros(ns[9], TURNS / ns.length),
        micros(inMemoryNs, TURNS));
  }

  private static long turn(ChatMemory memory, int i) {
    long begin = System.nanoTime();
    memory.add(UserMessage.from("question " + i));
    memory.add(AiMessage.from("answer " + i));
    return System.nanoTime() - begin;
  }

  private static long micros(long ns, int turns) {
    return ns / 1_000 / turns;
  }

  private static ChatMemory memory(ChatMemoryStore store) {
    return MessageWindowChatMemory.builder().id("u").maxMessages(20).chatMemoryStore(store).build();
  }
}

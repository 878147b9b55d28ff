package dev.belay.springai;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.Parent;
import java.util.Map;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.UserMessage;

/**
 * A process that talks: it adds {@code count} messages to each of its conversations, and says the
 * number of each after it was added. Arguments: the store, its name, the count, the conversations.
 */
final class ChatChild {
  static final int WINDOW = 10;

  private ChatChild() {}

  public static void main(String[] args) {
    Parent parent = new Parent();
    try (Belay belay = TestStores.at(args[0], BelayOptions.defaults())) {
      ChatMemory memory = memory(belay);
      parent.say("ready");
      parent.hear();
      int count = Integer.parseInt(args[2]);
      for (int i = 0; i < count; i++) {
        for (int to = 3; to < args.length; to++) {
          memory.add(args[to], message(args[1], i));
        }
        parent.say(Integer.toString(i));
      }
    }
    parent.say("done");
  }

  static ChatMemory memory(Belay belay) {
    return MessageWindowChatMemory.builder()
        .chatMemoryRepository(BelayChatMemoryRepository.of(belay))
        .maxMessages(WINDOW)
        .build();
  }

  static Message message(String name, int number) {
    // A map of Java has another order in each process.
    return UserMessage.builder()
        .text(name + " " + number)
        .metadata(Map.of("a", 1, "b", 2, "c", 3, "d", 4, "e", Map.of("f", 5, "g", 6)))
        .build();
  }
}

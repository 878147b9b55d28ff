package dev.belay.langchain4j;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.testing.Parent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import java.util.ArrayList;
import java.util.List;

/** Another process with the memory "u". Arguments: the store, its name, a number of windows. */
final class MemoryChild {
  /** Each window has this many messages. */
  static final int WINDOW = 6;

  private MemoryChild() {}

  public static void main(String[] args) {
    Parent parent = new Parent();
    parent.follow();
    try (Belay belay = TestStores.at(args[0], BelayOptions.defaults())) {
      BelayChatMemoryStore store = new BelayChatMemoryStore(belay);
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        store.updateMessages("u", window(args[1], i));
        parent.say(Integer.toString(i));
      }
    }
  }

  /** A window that slides by one message each time, with a system message that stays. */
  static List<ChatMessage> window(String name, int last) {
    List<ChatMessage> window = new ArrayList<>();
    window.add(UserMessage.from(name));
    for (int i = last - WINDOW + 2; i <= last; i++) {
      window.add(UserMessage.from(name + i));
    }
    return window;
  }
}

package dev.belay.langchain4j;

import java.math.BigInteger;
import java.util.Set;
import java.util.UUID;

/**
 * The names of sessions. A name tells apart what {@code equals} does: the number 7 is not the text
 * "7". Stateless, safe for use by many threads.
 */
final class MemoryIds {
  /** Types of which two values are equal exactly if their texts are. */
  private static final Set<Class<?>> TYPES =
      Set.of(
          String.class,
          Integer.class,
          Long.class,
          Short.class,
          Byte.class,
          BigInteger.class,
          Character.class,
          Boolean.class,
          UUID.class);

  private MemoryIds() {}

  static String sessionId(Object memoryId) {
    if (TYPES.contains(memoryId.getClass())) {
      return "langchain4j/" + memoryId.getClass().getSimpleName() + "/" + memoryId;
    }
    if (memoryId instanceof Enum<?> constant) {
      return "langchain4j/" + constant.getDeclaringClass().getName() + "#" + constant.name();
    }
    throw new IllegalArgumentException(
        "a memory id of "
            + memoryId.getClass()
            + " has no text that tells it apart: give BelayChatMemoryStore a function that does");
  }
}

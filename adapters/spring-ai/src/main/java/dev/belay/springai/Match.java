package dev.belay.springai;

import dev.belay.session.NewEvent;
import dev.belay.session.SessionEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which messages of a save are already in the conversation, and which are new. Immutable, safe for
 * use by many threads.
 *
 * @param kept the events that stay in the window, in the order of their seqs
 * @param fresh the messages to append; they come after the kept ones
 */
record Match(List<SessionEvent> kept, List<NewEvent> fresh) {
  /** What makes two messages the same. Immutable, safe for use by many threads. */
  private record Content(String type, String payload) {
    static Content of(SessionEvent event) {
      return new Content(event.type(), event.payload());
    }

    static Content of(NewEvent event) {
      return new Content(event.type(), event.payload());
    }
  }

  /*
   * The host sends what it has read, without the messages that left its window, which are mostly the
   * oldest, and then what is new. So the kept messages are a prefix of what it sends, and a
   * subsequence of the window. If there are several such prefixes, because messages are equal, the
   * one is taken that ends latest in the window, because the newest message stays in it; and of
   * those the longest. From its end backwards each message is the latest that is equal.
   */
  static Match of(List<SessionEvent> window, List<NewEvent> wanted) {
    List<Content> had = window.stream().map(Content::of).toList();
    List<Content> want = wanted.stream().map(Content::of).toList();
    Map<Content, Integer> latest = new HashMap<>();
    for (int i = 0; i < had.size(); i++) {
      latest.put(had.get(i), i);
    }
    int longest = longestPrefix(had, want);
    int length = 0;
    int end = -1;
    for (int prefix = 1; prefix <= longest; prefix++) {
      int at = latest.getOrDefault(want.get(prefix - 1), -1);
      if (at >= end) {
        length = prefix;
        end = at;
      }
    }
    List<SessionEvent> kept = new ArrayList<>();
    int at = end;
    for (int i = length - 1; i >= 0; i--) {
      while (!had.get(at).equals(want.get(i))) {
        at--;
      }
      kept.add(window.get(at));
      at--;
    }
    Collections.reverse(kept);
    return new Match(kept, wanted.subList(length, wanted.size()));
  }

  /**
   * Returns the length of the longest prefix of {@code want} that is a subsequence of the other.
   */
  private static int longestPrefix(List<Content> had, List<Content> want) {
    int length = 0;
    for (Content content : had) {
      if (length < want.size() && content.equals(want.get(length))) {
        length++;
      }
    }
    return length;
  }
}

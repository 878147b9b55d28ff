package dev.belay.langchain4j;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * The state of a session: the seqs of its window, in the window's order, as ranges such as {@code
 * 1,5-14}. Stateless, safe for use by many threads.
 */
final class Seqs {
  /** The state of a window without messages; a session without a state has a window of all. */
  private static final String NONE = "none";

  private static final Pattern RANGES =
      Pattern.compile("[1-9]\\d{0,17}(-[1-9]\\d{0,17})?(,[1-9]\\d{0,17}(-[1-9]\\d{0,17})?)*");

  private Seqs() {}

  /** A range of seqs, both ends inclusive. Immutable. */
  record Range(long first, long last) {
    @Override
    public String toString() {
      return first == last ? Long.toString(first) : first + "-" + last;
    }
  }

  static String text(List<Long> seqs) {
    if (seqs.isEmpty()) {
      return NONE;
    }
    StringJoiner text = new StringJoiner(",");
    long first = seqs.get(0);
    long last = first;
    for (long seq : seqs.subList(1, seqs.size())) {
      if (seq != last + 1) {
        text.add(new Range(first, last).toString());
        first = seq;
      }
      last = seq;
    }
    return text.add(new Range(first, last).toString()).toString();
  }

  /** Returns the ranges of a state, none if it is empty. */
  static List<Range> parse(String id, String state) {
    List<Range> ranges = new ArrayList<>();
    if (state.isEmpty() || state.equals(NONE)) {
      return ranges;
    }
    if (!RANGES.matcher(state).matches()) {
      throw new IllegalStateException(
          "session '" + id + "' has a state that is not the window of a chat memory");
    }
    for (String range : state.split(",", -1)) {
      int dash = range.indexOf('-');
      String first = dash < 0 ? range : range.substring(0, dash);
      ranges.add(new Range(Long.parseLong(first), Long.parseLong(range.substring(dash + 1))));
    }
    return ranges;
  }
}

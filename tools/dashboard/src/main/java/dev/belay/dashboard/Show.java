package dev.belay.dashboard;

import dev.belay.StoreStats.Count;
import dev.belay.queue.WorkState;
import java.lang.System.Logger.Level;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Numbers, times, states and texts as people read them. Stateless, safe for use by many threads.
 */
final class Show {
  /** The maximum length of a text of the application on a page: 256 Ki characters. */
  static final int TEXT_MAX = 256 * 1024;

  private static final System.Logger LOG = System.getLogger("dev.belay.dashboard");

  private Show() {}

  /** Returns a number with its thousands apart. */
  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  static String count(Count count) {
    return number(count.value()) + (count.atLeast() ? "+" : "");
  }

  static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    String[] units = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = bytes;
    int unit = -1;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  }

  static String duration(Duration duration) {
    long seconds = Math.abs(duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    } else if (seconds < 3_600) {
      return seconds / 60 + " min";
    } else if (seconds < 48 * 3_600) {
      return seconds / 3_600 + " h " + (seconds % 3_600) / 60 + " min";
    }
    return seconds / 86_400 + " days";
  }

  /** Returns a short time in milliseconds. */
  static String millis(long nanos) {
    if (nanos == 0) {
      return "0 ms";
    }
    double millis = nanos / 1e6;
    if (millis >= 1_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1_000);
    }
    return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
  }

  /** Returns how long before or after {@code now} a time is; a dash for none. */
  static Html relative(@Nullable Instant time, Instant now) {
    if (time == null) {
      return none();
    }
    Duration since = Duration.between(time, now);
    String text = since.isNegative() ? "in " + duration(since) : duration(since) + " ago";
    return Html.of("<time datetime=\"{}\" title=\"{}\">{}</time>", time, time, text);
  }

  /** Returns a time in full, and how long ago it is. */
  static Html full(@Nullable Instant time, Instant now) {
    return time == null
        ? none()
        : Html.of(
            "<span class=\"stamp\">{}</span> <span class=\"quiet\">{}</span>",
            time.truncatedTo(ChronoUnit.MILLIS),
            relative(time, now));
  }

  static Html none() {
    return Html.of("<span class=\"quiet none\">–</span>");
  }

  /** Returns a name or id, which may have any characters. */
  static Html id(@Nullable String text) {
    return text == null || text.isEmpty() ? none() : Html.of("<bdi class=\"id\">{}</bdi>", text);
  }

  static String label(WorkState state) {
    String name = state.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  static String word(WorkState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  static Html state(WorkState state) {
    return Html.of(
        "<span class=\"state state-{}\">{}{}</span>", word(state), icon(state), label(state));
  }

  static Html icon(WorkState state) {
    return Html.of(
        "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-{}\"></use></svg>", word(state));
  }

  /** Returns the hidden field of a form that keeps every character of a value. */
  static Html hiddenField(String name, String value) {
    return Html.of(
        "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
        name + DashboardRequest.Fields.ENCODED,
        URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  /** Returns a text of the application as the host wants it shown. */
  static String shown(View view, PayloadText.Source source, String owner, String text) {
    try {
      return view.payloads().show(source, owner, text);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the host's PayloadText failed", e);
      return "This text cannot be shown. The log says why.";
    }
  }

  /** Returns the beginning of a long text. */
  static Html text(String shown) {
    int end = Math.min(shown.length(), TEXT_MAX);
    if (end < shown.length() && Character.isHighSurrogate(shown.charAt(end - 1))) {
      end--;
    }
    Html html = Html.of("<pre class=\"text\" tabindex=\"0\">");
    html.addLines(shown.substring(0, end)).add("</pre>");
    if (end < shown.length()) {
      html.add(
          "<p class=\"quiet\">{} of {} characters are shown.</p>",
          number(end),
          number(shown.length()));
    }
    return html;
  }

  /** Returns a sentence for a page that has nothing to list, and what to do. */
  static Html empty(String title, String advice) {
    return Html.of(
        "<div class=\"empty\"><svg class=\"mark\" aria-hidden=\"true\"><use href=\"#i-belay\"></use>"
            + "</svg><p class=\"empty-title\">{}</p><p>{}</p></div>",
        title,
        advice);
  }
}

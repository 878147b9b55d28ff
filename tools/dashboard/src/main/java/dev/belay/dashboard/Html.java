package dev.belay.dashboard;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.util.function.Consumer;

/**
 * A piece of HTML that is being written. Belongs to one thread.
 *
 * <p>A template is a constant of the program, which the compiler checks; each {@code {}} in it is a
 * value, which is escaped unless it is {@code Html} itself. So no text of a store becomes markup.
 */
final class Html {
  /* Where a value stands follows from the template: inside a tag, after the last '<' without a '>',
   * it is the value of an attribute and keeps its characters but for a mark around hidden ones;
   * elsewhere hidden characters become an element of their own. */
  private final StringBuilder out = new StringBuilder();

  /** Returns HTML of one template. */
  static Html of(@CompileTimeConstant final String template, Object... values) {
    return new Html().add(template, values);
  }

  /** Adds a template with its values. */
  Html add(@CompileTimeConstant final String template, Object... values) {
    int at = 0;
    for (Object value : values) {
      int place = template.indexOf("{}", at);
      if (place < 0) {
        throw new IllegalArgumentException("more values than places: " + template);
      }
      out.append(template, at, place);
      addValue(value, template.lastIndexOf('<', place) > template.lastIndexOf('>', place));
      at = place + 2;
    }
    if (template.indexOf("{}", at) >= 0) {
      throw new IllegalArgumentException("fewer values than places: " + template);
    }
    out.append(template, at, template.length());
    return this;
  }

  /** Adds other HTML. */
  Html add(Html other) {
    out.append(other.out);
    return this;
  }

  /** Adds what an action writes, once for each value. */
  <T> Html each(Iterable<T> values, Consumer<T> action) {
    values.forEach(action);
    return this;
  }

  private void addValue(Object value, boolean inTag) {
    if (value instanceof Html html) {
      out.append(html.out);
    } else {
      String text = value.toString();
      text.codePoints().forEach(codePoint -> addCodePoint(codePoint, inTag));
    }
  }

  private void addCodePoint(int codePoint, boolean inTag) {
    switch (codePoint) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> {
        if (!Visible.isHidden(codePoint)) {
          out.appendCodePoint(codePoint);
        } else if (inTag) {
          out.append('⟨').append(Visible.name(codePoint)).append('⟩');
        } else {
          out.append("<span class=\"hidden-character\">")
              .append(Visible.name(codePoint))
              .append("</span>");
        }
      }
    }
  }

  /** Adds a text of several lines: line breaks and tabs stay as they are. */
  Html addLines(String text) {
    text.codePoints()
        .forEach(
            codePoint -> {
              if (codePoint == '\n' || codePoint == '\t') {
                out.appendCodePoint(codePoint);
              } else {
                addCodePoint(codePoint, false);
              }
            });
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
